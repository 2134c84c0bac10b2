<?php

declare(strict_types=1);

use Lyger\Cache\Store;
use Lyger\Exception\CacheException;

/** It lets itself be serialised so many times. */
final class PackagesTimes
{
    public function __construct(public int $left)
    {
    }

    public function __serialize(): array
    {
        return $this->left-- > 0 ? ['left' => $this->left] : throw new LogicException('not any more');
    }
}

enum PackagesSuit: string
{
    case Hearts = 'H';
}

/** @return array<string, mixed> values of every type */
function packages_values(): array
{
    return ['null' => null, 'true' => true, 'false' => false, 'zero' => 0, 'int' => 4711, 'least' => PHP_INT_MIN, 'float' => 0.1, 'infinite' => -INF,
        'empty' => '', 'digits' => '12', 'bytes' => implode('', array_map(chr(...), range(0, 255))), 'long' => str_repeat('lyger ', 10_000),
        'none' => [], 'list' => [1, '1', null, 2.5], 'map' => ['a' => ['b' => [true]], 7 => 'seven', '' => 0],
        'rows' => array_map(static fn(int $i): array => ['id' => $i, 'name' => "name $i"], range(1, 500)),
        'object' => (object) ['a' => [1]], 'time' => new DateTimeImmutable('2030-01-02 03:04:05.678'), 'in a list' => new ArrayObject([1, new ArrayObject([2])]),
        'enum' => PackagesSuit::Hearts];
}

/** @return array<string, mixed> what cannot be stored */
function packages_unstorable(): array
{
    return ['closure' => static fn() => 1, 'closure in a list' => [[static fn() => 1]], 'closure in an object' => (object) ['f' => static fn() => 1],
        'resource' => fopen('php://memory', 'r'), 'refuses' => new PackagesTimes(0), 'class without a name' => new class {
        }, 'generator' => (static function () {
            yield 1;
        })()];
}

/** A store that has nothing but exceptions. */
function packages_failing_store(Store $store): Store
{
    return new class ($store) implements Store {
        public static bool $works = false;

        public function __construct(private Store $store)
        {
        }

        private function call(string $method, array $arguments): mixed
        {
            return self::$works ? $this->store->$method(...$arguments) : throw new CacheException('out of order');
        }

        public function name(): string
        {
            return 'failing';
        }

        public function get(string $key, mixed $default = null): mixed
        {
            return $this->call('get', func_get_args());
        }

        public function getBatch(array $keys, mixed $default = null): array
        {
            return $this->call('getBatch', func_get_args());
        }

        public function set(string $key, mixed $value, int $ttl = 0): bool
        {
            return $this->call('set', func_get_args());
        }

        public function setBatch(array $items, int $ttl = 0): int
        {
            return $this->call('setBatch', func_get_args());
        }

        public function add(string $key, mixed $value, int $ttl = 0): bool
        {
            return $this->call('add', func_get_args());
        }

        public function has(string $key): bool
        {
            return $this->call('has', func_get_args());
        }

        public function delete(string $key): bool
        {
            return $this->call('delete', func_get_args());
        }

        public function deleteBatch(array $keys): int
        {
            return $this->call('deleteBatch', func_get_args());
        }

        public function take(string $key, mixed $default = null): mixed
        {
            return $this->call('take', func_get_args());
        }

        public function touch(string $key, int $ttl): bool
        {
            return $this->call('touch', func_get_args());
        }

        public function increment(string $key, int $by = 1, int $ttl = 0): int
        {
            return $this->call('increment', func_get_args());
        }

        public function compareAndSet(string $key, mixed $expected, mixed $value, int $ttl = 0): bool
        {
            return $this->call('compareAndSet', func_get_args());
        }

        public function compareAndDelete(string $key, mixed $expected): bool
        {
            return $this->call('compareAndDelete', func_get_args());
        }

        public function clear(string $prefix = ''): void
        {
            $this->call('clear', func_get_args());
        }

        public function lock(string $key, int $ttl, float $wait = 0.0, ?string $token = null): ?string
        {
            return $this->call('lock', func_get_args());
        }

        public function unlock(string $key, ?string $token): bool
        {
            return $this->call('unlock', func_get_args());
        }

        public function extend(string $key, string $token, int $ttl): bool
        {
            return $this->call('extend', func_get_args());
        }

        public function owner(string $key): ?string
        {
            return $this->call('owner', func_get_args());
        }
    };
}

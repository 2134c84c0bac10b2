<?php

declare(strict_types=1);

namespace Lyger\Cache;

use Lyger\EngineFactory;
use Lyger\Exception\RuntimeException;

/**
 * Which store is used.
 *
 * Without a choice the first of these that is there: the extension lyger, liblyger.so through FFI, the extension apcu,
 * an array of this process. The environment variable LYGER_CACHE_STORE (native, ffi, apcu, array) decides instead, and
 * StoreFactory::use() before that. create()->name() says which it was, closed() why not the others.
 */
final class StoreFactory
{
    public const NATIVE = 'native';
    public const FFI = 'ffi';
    public const APCU = 'apcu';
    public const IN_ARRAY = 'array';

    private const ORDER = [self::NATIVE, self::FFI, self::APCU, self::IN_ARRAY];

    private static ?Store $chosen = null;

    /** @var array<string, Store> */
    private static array $made = [];

    private function __construct()
    {
    }

    /**
     * The store of that name, or the best there is for null. A second call gives the same one.
     *
     * @throws \ValueError for a name that is none of the four
     * @throws RuntimeException when that store cannot be used here, with the reason
     */
    public static function create(?string $name = null): Store
    {
        if ($name === null && self::$chosen !== null) {
            return self::$chosen;
        }
        $name ??= self::wanted();
        if (!isset(self::$made[$name])) {
            $reason = self::closedBecause($name);
            if ($reason !== null) {
                throw new RuntimeException("The store \"$name\" cannot be used: $reason");
            }
            self::$made[$name] = self::make($name);
        }
        return self::$made[$name];
    }

    /** What create() gives when nobody asks for another by name, say one of the application's own; null: the best again. */
    public static function use(?Store $store): void
    {
        self::$chosen = $store;
    }

    /**
     * The stores that can be used in this process, the best first.
     *
     * @return list<string>
     */
    public static function available(): array
    {
        return array_values(array_filter(self::ORDER, static fn(string $name): bool => self::closedBecause($name) === null));
    }

    /**
     * Why the others cannot.
     *
     * @return array<string, string> name => reason
     */
    public static function closed(): array
    {
        return array_filter(array_combine(self::ORDER, array_map(self::closedBecause(...), self::ORDER)), is_string(...));
    }

    private static function wanted(): string
    {
        $wanted = getenv('LYGER_CACHE_STORE');
        if (\is_string($wanted) && $wanted !== '') {
            return $wanted;
        }
        foreach (self::ORDER as $name) {
            if (isset(self::$made[$name]) || self::closedBecause($name) === null) {
                return $name;
            }
        }
        return self::IN_ARRAY;
    }

    private static function make(string $name): Store
    {
        return match ($name) {
            self::NATIVE => new Store\NativeStore(),
            self::APCU => new Store\ApcuStore(),
            self::FFI => new Store\EngineStore(EngineFactory::create(EngineFactory::FFI), $name),
            self::IN_ARRAY => new Store\EngineStore(EngineFactory::create(EngineFactory::FALLBACK), $name),
        };
    }

    /** Why a store cannot be used in this process; null when it can. */
    private static function closedBecause(string $name): ?string
    {
        return match ($name) {
            self::NATIVE => match (true) {
                !\extension_loaded('lyger') => 'the extension lyger is not loaded',
                ini_parse_quantity((string) ini_get('lyger.cache_size')) === 0 => 'lyger.cache_size is 0',
                default => null,
            },
            self::FFI => self::withoutFfi(),
            self::APCU => match (true) {
                !\extension_loaded('apcu') => 'the extension apcu is not loaded',
                !apcu_enabled() => 'apc.enabled, or on the command line apc.enable_cli, is 0',
                default => null,
            },
            self::IN_ARRAY => null,
            default => throw new \ValueError("The store must be native, ffi, apcu or array, \"$name\" given"),
        };
    }

    /** A library of another version is there and cannot be used, which only opening it shows. */
    private static function withoutFfi(): ?string
    {
        try {
            EngineFactory::create(EngineFactory::FFI);
        } catch (RuntimeException $problem) {
            return $problem->getMessage();
        }
        return null;
    }
}

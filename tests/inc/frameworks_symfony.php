<?php
/*
 * The cache, lock and bundle of packages/symfony as an application uses them; run by scripts/test-frameworks.
 *   php frameworks_symfony.php AUTOLOAD
 */

use Lyger\Symfony\LygerAdapter;
use Lyger\Symfony\LygerBundle;
use Lyger\Symfony\LygerStore;
use Lyger\Symfony\LygerTagAwareAdapter;
use Symfony\Bundle\FrameworkBundle\FrameworkBundle;
use Symfony\Component\Cache\Adapter\TagAwareAdapter;
use Symfony\Component\Cache\CacheItem;
use Symfony\Component\Cache\Marshaller\DefaultMarshaller;
use Symfony\Component\Cache\Psr16Cache;
use Symfony\Component\Config\Loader\LoaderInterface;
use Symfony\Component\DependencyInjection\ContainerBuilder;
use Symfony\Component\HttpKernel\Kernel;
use Symfony\Component\Lock\Exception\LockConflictedException;
use Symfony\Component\Lock\Key;
use Symfony\Component\Lock\LockFactory;
use Symfony\Contracts\Cache\ItemInterface;

require $argv[1];
require __DIR__ . '/frameworks.inc';

final class Point
{
    public function __construct(public int $x = 0)
    {
    }
}

final class Refuses
{
    public function __unserialize(array $data): void
    {
        throw new LogicException('not again');
    }

    public function __serialize(): array
    {
        return [];
    }
}

final class Breaks
{
    public function __unserialize(array $data): void
    {
        throw new TypeError('broken');
    }

    public function __serialize(): array
    {
        return [];
    }
}

/** A new namespace for each check. */
function space(): string
{
    return 's' . bin2hex(random_bytes(6));
}

/** What get() of that pool computes; the calls are counted in the cache itself, for all processes. */
function computed(object $pool, string $key, mixed $value, int $delay = 0, ?float $beta = null, ?int $ttl = 60): mixed
{
    return $pool->get($key, static function (ItemInterface $item) use ($key, $value, $delay, $ttl): mixed {
        lyger_cache_increment("calls:$key");
        usleep($delay);
        $item->expiresAfter($ttl);
        return $value;
    }, $beta);
}

// ---- the pool ----

check('a pool gives back what was saved, of every type and under every key', static function (): ?string {
    $pool = new LygerAdapter(space());
    $long = str_repeat('0123456789', 500);
    $values = ['null' => null, 'false' => false, 'zero' => 0, 'float' => 0.1, 'whole' => 2.0, 'text' => '1', 'bytes' => "\0\xFF", 'long' => $long,
        'list' => [1, [2, null]], 'map' => ['1' => 'a', 'x' => [true]], 'mark' => ["\xA9lyger", 1, []], 'half' => ["\xA9lyger"], '123' => 'a', '-5' => 'b',
        '1.5' => 'c', 'nested' => ['rows' => array_fill(0, 200, ['id' => 1, 'name' => 'n'])]];
    foreach ($values as $key => $value) {
        $pool->save($pool->getItem((string) $key)->set($value));
    }
    foreach ($pool->getItems(array_map(strval(...), array_keys($values))) as $key => $item) {
        if (!$item->isHit() || $item->get() !== $values[$key]) {
            return "$key is " . shown($item->get());
        }
    }
    $pool->save($pool->getItem('point')->set([new Point(7)]));
    return same([$pool->getItem('point')->get()[0]->x, 7], [$pool->getItem('absent')->isHit(), false]);
});

check('what has metadata stays an array for lyger, and has it again', static function (): ?string {
    $pool = new LygerAdapter($space = space());
    $pool->get('rows', static function (ItemInterface $item): array {
        $item->expiresAfter(600);
        usleep(2000);
        return ['a' => str_repeat('x', 5000)];
    });
    $item = $pool->getItem('rows');
    $metadata = $item->getMetadata();
    $left = $metadata[CacheItem::METADATA_EXPIRY] - time();
    $kept = $item->get();
    unset($item);
    $pool->clear();
    return same([lyger_cache_get("$space:rows", 'gone'), 'gone'], [$left > 590 && $left <= 601, true], [$metadata[CacheItem::METADATA_CTIME] >= 1, true],
        [$kept, ['a' => str_repeat('x', 5000)]]);
});

check('values are stored in lyger\'s own form', static function (): ?string {
    $pool = new LygerAdapter($space = space());
    computed($pool, 'array', [1, 2]); // with an expiry, for which Symfony has an object around the value
    $pool->save($pool->getItem('plain')->set(['x']));
    return same([is_array(lyger_cache_get("$space:array")), true], [lyger_cache_get("$space:plain"), ['x']], [lyger_cache_entry("$space:array")['ttl'] > 50, true]);
});

check('lifetimes: what is past is not kept, what is far is', static function (): ?string {
    $pool = new LygerAdapter($space = space());
    $saved = $pool->save($pool->getItem('a')->set(1));
    $pool->save($pool->getItem('a')->set(1)->expiresAfter(-1));
    $pool->save($pool->getItem('b')->set(1)->expiresAfter(10_000_000_000));
    $pool->save($pool->getItem('c')->set(1)->expiresAfter(null));
    $pool->save($pool->getItem('d')->set(1)->expiresAfter(0));
    $simple = new Psr16Cache($pool);
    $simple->set('e', 1, \PHP_INT_MAX >> 20);
    return same([$saved, true], [$pool->hasItem('a'), false], [$pool->hasItem('b'), true], [lyger_cache_entry("$space:c")['ttl'], 0],
        [$pool->hasItem('d'), false], [$simple->get('e'), 1]);
});

check('a value that cannot be stored leaves the old one, and the others are stored', static function (): ?string {
    $pool = new LygerAdapter(space());
    $pool->save($pool->getItem('a')->set('old'));
    $pool->saveDeferred($pool->getItem('a')->set(static fn() => 1));
    $pool->saveDeferred($pool->getItem('b')->set('new'));
    return same([@$pool->commit(), false], [$pool->getItem('a')->get(), 'old'], [$pool->getItem('b')->get(), 'new']);
});

check('a class that refuses to come back is a miss', static function (): ?string {
    $pool = new LygerAdapter(space());
    foreach (['refuses' => new Refuses(), 'breaks' => new Breaks(), 'fine' => 1] as $key => $value) {
        $pool->save($pool->getItem($key)->set($value));
    }
    $several = @iterator_to_array($pool->getItems(['breaks', 'refuses']));
    return same([@$pool->getItem('refuses')->isHit(), false], [@$pool->getItem('breaks')->isHit(), false], [$several['breaks']->isHit(), false],
        [$pool->getItem('fine')->get(), 1], [computed($pool, 'refuses2', 5), 5]);
});

check('clearing a pool, or what begins so, leaves the others', static function (): ?string {
    $one = new LygerAdapter(space());
    $two = new LygerAdapter(space());
    foreach ([$one, $two] as $pool) {
        foreach (['a.1', 'a.2', 'b.1'] as $key) {
            $pool->save($pool->getItem($key)->set(1));
        }
    }
    $one->clear('a.');
    $left = [$one->hasItem('a.1'), $one->hasItem('a.2'), $one->hasItem('b.1'), $two->hasItem('a.1')];
    $one->clear();
    return same([$left, [false, false, true, true]], [$one->hasItem('b.1'), false], [$two->hasItem('b.1'), true],
        [$two->deleteItems(['a.1', 'absent']), true], [$two->hasItem('a.1'), false]);
});

check('versions: clearing is one write, seen by another pool object', static function (): ?string {
    $space = space();
    $one = new LygerAdapter($space);
    $two = new LygerAdapter($space);
    $one->enableVersioning();
    $two->enableVersioning();
    $one->save($one->getItem('a')->set(1));
    $before = $two->getItem('a')->get();
    $one->clear();
    $two->reset();
    return same([$before, 1], [$two->hasItem('a'), false]);
});

if (method_exists(LygerAdapter::class, 'withSubNamespace')) {
    check('namespaces within a pool', static function (): ?string {
        $pool = new LygerAdapter(space());
        $sub = $pool->withSubNamespace('sub');
        computed($sub, 'k', 'inner');
        computed($pool, 'k', 'outer');
        $sub->clear();
        return same([$sub->hasItem('k'), false], [$pool->getItem('k')->get(), 'outer']);
    });
}

// ---- one process computes ----

check('get(): of eight processes one computes', static function (): ?string {
    $pool = new LygerAdapter(space());
    $key = 'once' . random_int(0, \PHP_INT_MAX);
    $values = together(8, static fn(int $i): mixed => computed($pool, $key, [$i, 'computed'], 200_000));
    return same([count(array_unique(array_column($values, 0))), 1], [lyger_cache_get("calls:$key"), 1]);
});

check('get(): when the process that computes is killed, another one computes at once', static function (): ?string {
    $pool = new LygerAdapter(space());
    $key = 'killed' . random_int(0, \PHP_INT_MAX);
    $first = process(static fn(): mixed => computed($pool, $key, 'first', 60_000_000));
    if (!until(static fn(): bool => lyger_cache_get("calls:$key") === 1)) {
        return 'it does not begin';
    }
    $second = process(static function () use ($pool, $key): array {
        $began = hrtime(true);
        return [computed($pool, $key, 'second'), (hrtime(true) - $began) / 1e9];
    });
    usleep(100_000);
    kill_hard($first);
    [$value, $seconds] = result($second);
    return $seconds > 25 ? "it took $seconds s" : same([$value, 'second']); // 30 without the kill being noticed
});

check('get(): a function that throws lets the next one compute', static function (): ?string {
    $pool = new LygerAdapter(space());
    try {
        $pool->get('k', static fn() => throw new DomainException('no'));
        return 'nothing thrown';
    } catch (DomainException) {
    }
    $value = result(process(static fn(): mixed => computed($pool, 'k', 'next')));
    return same([$value, 'next']);
});

check('get(): a function that ends its request by exit() lets the next one compute', static function (): ?string {
    $pool = new LygerAdapter(space());
    $name = space();
    // The process lives on after the request: here it ends only when it is told to.
    $first = process(static function () use ($pool, $name): void {
        register_shutdown_function(static function () use ($name): void {
            lyger_cache_set("over:$name", 1);
            until(static fn(): bool => lyger_cache_has("end:$name"));
        });
        $pool->get('k', static function (): never {
            exit(0);
        });
    });
    until(static fn(): bool => lyger_cache_has("over:$name"));
    $began = hrtime(true);
    $value = computed($pool, 'k', 'next');
    $seconds = (hrtime(true) - $began) / 1e9;
    lyger_cache_set("end:$name", 1);
    result($first);
    return $seconds > 25 ? "it took $seconds s" : same([$value, 'next']);
});

check('a marshaller: what it makes is stored, and what was stored without one is a miss', static function (): ?string {
    $plain = new LygerAdapter($space = space());
    $plain->save($plain->getItem('k')->set([1]));
    $pool = new LygerAdapter($space, 0, new DefaultMarshaller());
    $before = $pool->getItem('k')->isHit();
    $pool->save($pool->getItem('k')->set([2]));
    return same([$before, false], [$pool->getItem('k')->get(), [2]], [is_string(lyger_cache_get("$space:k")), true]);
});

check('get(): what is computed early is computed by one process, the others get what is there', static function (): ?string {
    $pool = new LygerAdapter(space());
    $key = 'early' . random_int(0, \PHP_INT_MAX);
    computed($pool, $key, 'old', 5000, ttl: 60);
    $first = process(static fn(): mixed => computed($pool, $key, 'new', 60_000_000, 1e9));
    if (!until(static fn(): bool => lyger_cache_get("calls:$key") === 2)) {
        return 'it does not begin';
    }
    $meanwhile = result(process(static fn(): mixed => computed($pool, $key, 'third', 0, 1e9)));
    kill_hard($first);
    return same([$meanwhile, 'old'], [lyger_cache_get("calls:$key"), 2], [computed($pool, $key, 'forced', 0, \INF), 'forced'],
        [$pool->getItem($key)->get(), 'forced']);
});

check('get(): values that need each other do not wait for each other', static function (): ?string {
    $pool = new LygerAdapter(space());
    $needs = static fn(string $one, string $other): string => $pool->get($one, static function () use ($pool, $other): string {
        usleep(100_000);
        return 'with ' . $pool->get($other, static fn(): string => 'inner');
    });
    $began = hrtime(true);
    [$a, $b] = together(2, static fn(int $i): string => $i === 0 ? $needs('a', 'b') : $needs('b', 'a'));
    return (hrtime(true) - $began) / 1e9 > 25 ? 'they waited' : same([str_starts_with($a, 'with '), true], [str_starts_with($b, 'with '), true]);
});

// ---- tags ----

check('tags: an invalidation holds at once, in every process', static function (): ?string {
    $pool = new LygerTagAwareAdapter(space());
    foreach (['a' => ['red'], 'b' => ['red', 'blue'], 'c' => ['blue'], 'd' => []] as $key => $tags) {
        $pool->save($pool->getItem($key)->set($key)->tag($tags));
    }
    $before = array_map(static fn(string $key): bool => $pool->getItem($key)->isHit(), ['a', 'b', 'c', 'd']);
    result(process(static fn(): bool => $pool->invalidateTags(['red'])));
    $after = array_map(static fn(string $key): bool => $pool->getItem($key)->isHit(), ['a', 'b', 'c', 'd']);
    $pool->save($pool->getItem('a')->set('anew')->tag('red'));
    return same([$before, [true, true, true, true]], [$after, [false, false, true, true]], [$pool->getItem('a')->get(), 'anew'],
        [$pool->getItem('a')->getMetadata()[CacheItem::METADATA_TAGS], ['red' => 'red']]);
});

check('tags: nothing grows with the items that come and go', static function (): ?string {
    $pool = new LygerTagAwareAdapter($space = space());
    for ($i = 0; $i < 300; $i++) {
        $pool->get("item$i", static function (ItemInterface $item): string {
            $item->tag(['tag', 'other']);
            return 'x';
        });
        $pool->delete("item$i");
    }
    $kept = iterator_to_array(lyger_cache_keys($space));
    $bytes = array_sum(array_map(static fn(string $key): int => lyger_cache_entry($key)['bytes'], $kept));
    return same([count($kept), 2], [$bytes < 1000, true]);
});

check('tags: two processes that save at the same time leave no stale item', static function (): ?string {
    $pool = new LygerTagAwareAdapter(space());
    for ($round = 0; $round < 5; $round++) {
        together(2, static fn(int $i): bool => $pool->save($pool->getItem("r$round.$i")->set($i)->tag("t$round")));
        $pool->invalidateTags(["t$round"]);
        if ($pool->hasItem("r$round.0") || $pool->hasItem("r$round.1")) {
            return 'an item outlived its tag';
        }
    }
    return null;
});

check('tags: one process computes, with the tags of the others', static function (): ?string {
    $pool = new LygerTagAwareAdapter(space());
    $calls = 'calls' . space();
    together(4, static fn(): string => $pool->get('k', static function (ItemInterface $item) use ($calls): string {
        lyger_cache_increment($calls);
        usleep(100_000);
        $item->tag('t');
        return 'v';
    }));
    $once = lyger_cache_get($calls);
    $pool->invalidateTags(['t']);
    return same([$once, 1], [$pool->hasItem('k'), false]);
});

// ---- locks ----

check('locks: one key at a time, whoever asks', static function (): ?string {
    $resource = space();
    $got = together(4, static function () use ($resource): bool {
        $lock = (new LockFactory(new LygerStore()))->createLock($resource, 60, false);
        return $lock->acquire();
    });
    return same([count(array_keys($got, true, true)), 1], [count(array_keys($got, false, true)), 3]);
});

check('locks: a lock is its key\'s, which another process can have', static function (): ?string {
    $store = new LygerStore();
    $key = new Key(space());
    $store->save($key);
    $store->save($key);
    $other = new Key((string) $key);
    $refused = 0;
    foreach ([static fn() => $store->save($other), static fn() => $store->putOffExpiration($other, 10.0)] as $try) {
        try {
            $try();
        } catch (LockConflictedException) {
            $refused++;
        }
    }
    $store->delete($other);
    $still = $store->exists($key);
    $text = serialize($key);
    $done = result(process(static function () use ($text): array {
        $key = unserialize($text);
        $store = new LygerStore();
        $had = $store->exists($key);
        $store->putOffExpiration($key, 20.5);
        $store->delete($key);
        return [$had, $store->exists($key)];
    }));
    return same([$refused, 2], [$still, true], [$done, [true, false]], [$store->exists($key), false]);
});

check('locks: whoever waits is there when the lock is released', static function (): ?string {
    $store = new LygerStore();
    $key = new Key($resource = space());
    $store->save($key);
    $waiting = process(static function () use ($resource): bool {
        lyger_cache_set("waits:$resource", 1);
        return (new LockFactory(new LygerStore()))->createLock($resource, autoRelease: false)->acquire(true);
    });
    until(static fn(): bool => lyger_cache_has("waits:$resource"));
    $store->delete($key);
    return same([result($waiting), true], [$store->exists($key), false], [lyger_cache_lock_owner("symfony.lock:$resource") !== null, true],
        [$store->forceDelete($resource), true], [$store->forceDelete($resource), false]);
});

check('locks: of a holder that is killed the lock lasts until its time is over', static function (): ?string {
    $resource = space();
    $holder = process(static function () use ($resource): void {
        (new LygerStore(2.0))->save(new Key($resource));
        lyger_cache_set("held:$resource", 1);
        sleep(60);
    });
    until(static fn(): bool => lyger_cache_has("held:$resource"));
    kill_hard($holder);
    $began = hrtime(true);
    $lock = (new LockFactory(new LygerStore()))->createLock($resource);
    $lock->acquire(true);
    return (hrtime(true) - $began) / 1e9 > 25 ? 'it waited for long' : same([$lock->isAcquired(), true]);
});

check('locks: names and times that are too long', static function (): ?string {
    $store = new LygerStore(1e12);
    $key = new Key(str_repeat('name', 20000));
    $store->save($key);
    $store->putOffExpiration($key, 1e12);
    $refused = false;
    try {
        $store->putOffExpiration($key, 0.0);
    } catch (InvalidArgumentException) {
        $refused = true;
    }
    return same([$store->exists($key), true], [$refused, true], [$store->exists(new Key(str_repeat('name', 20000))), false]);
});

// ---- the bundle ----

if (class_exists(FrameworkBundle::class)) {
    final class TestKernel extends Kernel
    {
        public function registerBundles(): iterable
        {
            return [new FrameworkBundle(), new LygerBundle()];
        }

        public function getProjectDir(): string
        {
            return $GLOBALS['argv'][2];
        }

        public function registerContainerConfiguration(LoaderInterface $loader): void
        {
            $loader->load(static function (ContainerBuilder $container): void {
                $container->loadFromExtension('framework', [
                    'secret' => 'x', 'http_method_override' => false, 'handle_all_throwables' => true, 'php_errors' => ['log' => true],
                    'lock' => 'lock.store.lyger',
                    'cache' => ['app' => 'cache.adapter.lyger', 'pools' => [
                        'pool.plain' => ['adapter' => 'cache.adapter.lyger', 'default_lifetime' => 60, 'public' => true],
                        'pool.tagged' => ['adapter' => 'cache.adapter.lyger', 'tags' => true, 'public' => true],
                        'pool.native' => ['adapter' => 'cache.adapter.lyger_tag_aware', 'public' => true],
                    ]],
                ]);
                $container->setAlias('test.lock', 'lock.default.factory')->setPublic(true);
            });
        }
    }

    check('the bundle: pools and locks by framework\'s configuration', static function (): ?string {
        $kernel = new TestKernel('test', false);
        $kernel->boot();
        $container = $kernel->getContainer();
        $plain = $container->get('pool.plain');
        $plain->save($plain->getItem('k')->set('v'));
        $native = $container->get('pool.native');
        $native->save($native->getItem('k')->set('v')->tag('t'));
        $native->invalidateTags(['t']);
        $tagged = $container->get('pool.tagged');
        $tagged->save($tagged->getItem('k')->set('tagged')->tag('t'));
        $container->get('cache.app')->get('app', static fn(): string => 'v');
        $lock = $container->get('test.lock')->createLock('resource');
        $acquired = $lock->acquire();
        $names = array_filter(iterator_to_array(lyger_cache_keys()), static fn(string $key): bool => str_ends_with($key, ':k'));
        $wrong = same([$plain::class, LygerAdapter::class], [$native::class, LygerTagAwareAdapter::class], [$tagged instanceof TagAwareAdapter, true],
            [$container->get('cache.app')::class, LygerAdapter::class], [$acquired, true], [$native->hasItem('k'), false],
            [$tagged->getItem('k')->get(), 'tagged'], [count($names) >= 3, true]);
        $lock->release();
        $container->get('cache.global_clearer')->clearPool('pool.plain');
        return $wrong ?? same([$plain->hasItem('k'), false], [$tagged->hasItem('k'), true]);
    });
}

exit($failed === 0 ? 0 : 1);

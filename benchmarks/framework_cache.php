<?php

/*
 * The program of benchmarks/framework-cache, which says what it does.
 *   php framework_cache.php AUTOLOAD DIRECTORY ROUNDS [SOCKET OF A REDIS]
 */

declare(strict_types=1);

use Illuminate\Cache\ApcStore;
use Illuminate\Cache\ApcWrapper;
use Illuminate\Cache\FileStore;
use Illuminate\Cache\RedisStore;
use Illuminate\Cache\Repository;
use Illuminate\Contracts\Cache\LockProvider;
use Illuminate\Filesystem\Filesystem;
use Illuminate\Foundation\Application;
use Illuminate\Redis\RedisManager;
use Lyger\Laravel\LygerStore as LaravelStore;
use Lyger\Symfony\LygerAdapter;
use Lyger\Symfony\LygerStore;
use Lyger\Symfony\LygerTagAwareAdapter;
use Symfony\Component\Cache\Adapter\AdapterInterface;
use Symfony\Component\Cache\Adapter\ApcuAdapter;
use Symfony\Component\Cache\Adapter\TagAwareAdapter;
use Symfony\Component\Lock\LockFactory;
use Symfony\Component\Lock\PersistingStoreInterface;
use Symfony\Component\Lock\Store\FlockStore;
use Symfony\Contracts\Cache\ItemInterface;

[, $autoload, $directory, $rounds] = $argv;
require $autoload;

const CALLS = 200;

$values = ['100 bytes' => str_repeat('x', 100), 'an array of 200 rows' => array_map(
    static fn(int $i): array => ['id' => $i, 'name' => "name $i", 'price' => $i / 7],
    range(1, 200),
)];

/** @return array<string, Closure> what is measured of a pool of Symfony's */
$pool = static function (AdapterInterface $pool) use ($values): array {
    $work = [];
    foreach ($values as $name => $value) {
        $work["Symfony: get(), $name"] = static fn() => $pool->get("get $name", static fn(ItemInterface $item): mixed => $item->expiresAfter(600) ? $value : null);
        $work["Symfony: save(), $name"] = static fn() => $pool->save($pool->getItem("save $name")->set($value)->expiresAfter(600));
    }
    return $work;
};

/** @return array<string, Closure> */
$tagged = static fn(AdapterInterface $pool): array => [
    'Symfony: get() with two tags' => static fn() => $pool->get('tagged', static function (ItemInterface $item): string {
        $item->tag(['a', 'b']);
        return 'x';
    }),
];

/** @return array<string, Closure> */
$locks = static fn(PersistingStoreInterface $store): array => ['Symfony: a lock, taken and released' => static function () use ($store): void {
    $lock = (new LockFactory($store))->createLock('resource');
    $lock->acquire();
    $lock->release();
}];

/** @return array<string, Closure> what is measured of a store of Laravel's */
$store = static function (Repository $cache) use ($values): array {
    $work = [];
    foreach ($values as $name => $value) {
        $cache->put("get $name", $value, 600);
        $work["Laravel: get(), $name"] = static fn() => $cache->get("get $name");
        $work["Laravel: put(), $name"] = static fn() => $cache->put("put $name", $value, 600);
    }
    $work['Laravel: increment()'] = static fn() => $cache->increment('counter');
    if ($cache->getStore() instanceof LockProvider) {
        $work['Laravel: a lock, taken and released'] = static function () use ($cache): void {
            $lock = $cache->lock('resource', 10);
            $lock->get();
            $lock->release();
        };
    }
    return $work;
};

$stores = [
    'lyger' => $pool(new LygerAdapter('bench')) + $tagged(new LygerTagAwareAdapter('tagged')) + $locks(new LygerStore()) + $store(new Repository(new LaravelStore('bench-'))),
    'apcu' => $pool(new ApcuAdapter('bench')) + $tagged(new TagAwareAdapter(new ApcuAdapter('tagged'))) + $store(new Repository(new ApcStore(new ApcWrapper(), 'bench-'))),
    'file' => $locks(new FlockStore($directory)) + $store(new Repository(new FileStore(new Filesystem(), "$directory/cache"))),
];
if (($argv[4] ?? '') !== '') {
    $manager = new RedisManager(new Application($directory), 'phpredis', ['default' => ['host' => $argv[4], 'port' => 0, 'database' => 0]]);
    $stores['redis'] = $store(new Repository(new RedisStore($manager, 'bench-')));
}

$taken = [];
for ($round = -1; $round < (int) $rounds; $round++) { // the first one warms up
    foreach (array_keys($stores['lyger']) as $what) {
        $order = array_keys($stores);
        for ($i = 0; $i < abs($round) % count($order); $i++) {
            $order[] = array_shift($order);
        }
        foreach ($order as $name) {
            $work = $stores[$name][$what] ?? null;
            if ($work !== null) {
                $began = hrtime(true);
                for ($i = 0; $i < CALLS; $i++) {
                    $work();
                }
                $round < 0 || $taken[$what][$name][] = (hrtime(true) - $began) / 1000 / CALLS;
            }
        }
    }
}

$median = static function (array $samples): float {
    sort($samples);
    $middle = intdiv(count($samples), 2);
    return count($samples) % 2 === 1 ? $samples[$middle] : ($samples[$middle - 1] + $samples[$middle]) / 2;
};
printf("%-42s%s\n", sprintf('µs, medians of %d rounds of %d calls', $rounds, CALLS), implode('', array_map(static fn(string $name): string => sprintf('%18s', $name), array_keys($stores))));
foreach ($taken as $what => $samples) {
    $own = $median($samples['lyger']);
    printf('%-41s', $what);
    foreach (array_keys($stores) as $name) {
        $other = isset($samples[$name]) ? $median($samples[$name]) : null;
        echo str_pad($other === null ? '-' : ($name === 'lyger' ? sprintf('%.2f', $other) : sprintf('%.2f (%.2f x)', $other, $other / $own)), 18, ' ', STR_PAD_LEFT);
    }
    echo "\n";
}

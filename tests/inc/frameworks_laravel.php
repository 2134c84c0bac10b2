<?php
/*
 * The cache, locks, rate limiter and sessions of Laravel over packages/laravel; run by scripts/test-frameworks.
 *   php frameworks_laravel.php AUTOLOAD DIRECTORY
 */

use Illuminate\Cache\CacheServiceProvider;
use Illuminate\Cache\RateLimiter;
use Illuminate\Config\Repository as Config;
use Illuminate\Contracts\Cache\LockTimeoutException;
use Illuminate\Contracts\Cache\Repository;
use Illuminate\Events\EventServiceProvider;
use Illuminate\Foundation\Application;
use Illuminate\Session\SessionServiceProvider;
use Illuminate\Support\Defer\DeferredCallbackCollection;
use Illuminate\Support\Facades\Facade;
use Lyger\Laravel\LygerServiceProvider;
use Lyger\Laravel\LygerStore;

require $argv[1];
require __DIR__ . '/frameworks.inc';

final class Point
{
    public function __construct(public int $x = 0)
    {
    }
}

/** An application with lyger's provider and what it needs, as config/ and CACHE_STORE=lyger make it. */
function application(string $directory, array $cache = []): Application
{
    $app = new Application($directory);
    $app->instance('config', new Config([
        'app' => ['key' => str_repeat('k', 32)],
        'cache' => $cache + ['default' => 'lyger', 'prefix' => 'app' . bin2hex(random_bytes(6)) . '-', 'stores' => []],
        'session' => ['driver' => 'lyger', 'lifetime' => 120, 'cookie' => 'session', 'encrypt' => false, 'serialization' => 'json'],
    ]));
    Facade::setFacadeApplication($app);
    foreach ([EventServiceProvider::class, CacheServiceProvider::class, SessionServiceProvider::class, LygerServiceProvider::class] as $provider) {
        $app->register($provider);
    }
    $app->boot();
    return $app;
}

/** The cache of a new application. */
function cache(array $settings = []): Repository
{
    return application($GLOBALS['argv'][2], $settings)->make('cache')->store();
}

// ---- values ----

check('CACHE_STORE=lyger needs no more configuration', static function (): ?string {
    $app = application($GLOBALS['argv'][2]);
    $store = $app->make('cache')->store()->getStore();
    $other = $app->make('cache')->build(['driver' => 'lyger', 'prefix' => 'other-'])->getStore();
    return same([$store::class, LygerStore::class], [$store->getPrefix(), $app->make('config')->get('cache.prefix')], [$other->getPrefix(), 'other-']);
});

check('a value comes back as it was, of every type and under every key', static function (): ?string {
    $cache = cache();
    $values = ['false' => false, 'zero' => 0, 'float' => 0.1, 'whole' => 2.0, 'nought' => -0.0, 'text' => '1', 'empty' => '', 'bytes' => "\0\xFF",
        'list' => [1, [null]], '123' => 'a', '-5' => 'b', '1.5' => 'c', 'mark' => ["\0lyger.laravel", 'x'], 'long' => str_repeat('x', 5000), 'inf' => \INF];
    foreach ($values as $key => $value) {
        $cache->put((string) $key, $value, 60);
    }
    foreach ($values as $key => $value) {
        if ($cache->get((string) $key) !== $value) {
            return "$key is " . shown($cache->get((string) $key));
        }
    }
    $cache->put('object', new Point(7), 60);
    $cache->forever('null', null);
    return same([$cache->get('object')->x, 7], [$cache->get('absent', 'default'), 'default'], [$cache->get('null', 'default'), 'default'], [$cache->has('false'), true]);
});

check('many at once', static function (): ?string {
    $cache = cache();
    $stored = $cache->putMany(['a' => 1, 5 => 'five', 'b' => null], 60);
    $all = $cache->many(['a', '5', 'absent', 'a']);
    return same([$stored, true], [$all, ['a' => 1, 5 => 'five', 'absent' => null]], [$cache->many(['absent' => 'x', 'a' => 'y']), ['absent' => 'x', 'a' => 1]],
        [$cache->deleteMultiple(['a', '5']), true], [$cache->many(['a', '5']), ['a' => null, 5 => null]], [$cache->getStore()->many([]), []]);
});

check('times: past ones forget, far ones keep, touch changes them', static function (): ?string {
    $cache = cache();
    $store = $cache->getStore();
    $cache->put('a', 1, 60);
    $cache->put('a', 1, -5);
    $cache->put('far', 1, 10_000_000_000);
    $cache->forever('forever', 1);
    $cache->put('short', 1, 1);
    $key = $store->getPrefix();
    $touched = [$store->touch('forever', 100), $store->touch('absent', 100)];
    return same([$cache->has('a'), false], [$cache->get('far'), 1], [$touched, [true, false]], [lyger_cache_entry("{$key}forever")['ttl'] > 90, true],
        [until(static fn(): bool => !$cache->has('short')), true], [$cache->add('short', 2, 60), true], [$cache->forget('short'), true], [$cache->forget('short'), false]);
});

check('flush() empties this prefix, and leaves locks', static function (): ?string {
    $one = cache();
    $two = cache();
    $one->put('k', 1, 60);
    $two->put('k', 2, 60);
    $lock = $one->lock('l', 60);
    $lock->get();
    $one->flush();
    return same([$one->get('k'), null], [$two->get('k'), 2], [$one->lock('l', 60)->get(), false], [$lock->release(), true]);
});

check('only the classes that are allowed come back as objects', static function (): ?string {
    $none = cache(['serializable_classes' => false]);
    $some = cache(['serializable_classes' => [Point::class]]);
    $all = cache(['serializable_classes' => true]);
    foreach ([$none, $some, $all] as $cache) {
        $cache->put('k', ['deep' => [new Point(3)]], 60);
        $cache->put('plain', ['a' => [1]], 60);
    }
    $some->put('other', new ArrayObject([1]), 60);
    return same([get_class($none->get('k')['deep'][0]), '__PHP_Incomplete_Class'], [$some->get('k')['deep'][0]->x, 3], [$all->get('k')['deep'][0]->x, 3],
        [get_class($some->get('other')), '__PHP_Incomplete_Class'], [$none->get('plain'), ['a' => [1]]],
        [lyger_cache_get($none->getStore()->getPrefix() . 'plain'), ['a' => [1]]]);
});

// ---- counting ----

check('counting: from nothing, keeping the time, text that is a number', static function (): ?string {
    $cache = cache();
    $prefix = $cache->getStore()->getPrefix();
    $cache->put('timed', 5, 60);
    $cache->put('text', '41', 60);
    $cache->put('word', 'x', 60);
    $cache->put('half', 1.5, 60);
    $results = [$cache->increment('new'), $cache->decrement('less', 3), $cache->increment('timed', '2'), $cache->increment('text'), $cache->increment('word'), $cache->increment('half')];
    $refused = 0;
    foreach ([static fn() => $cache->increment('new', 0.5), static fn() => $cache->increment('new', \PHP_INT_MAX), static fn() => $cache->decrement('less', \PHP_INT_MIN)] as $try) {
        try {
            $try();
        } catch (ValueError | Lyger\Exception $wrong) {
            $refused++;
        }
    }
    $left = [lyger_cache_entry("{$prefix}timed")['ttl'], lyger_cache_entry("{$prefix}text")['ttl']];
    return same([$results, [1, -3, 7, 42, false, false]], [$left[0] > 50 && $left[0] <= 60, true], [$left[1] > 50 && $left[1] <= 60, true],
        [$cache->get('text'), 42], [$cache->get('word'), 'x'], [$refused, 3]);
});

check('counting: nothing is lost between four processes', static function (): ?string {
    $cache = cache();
    $cache->put('text', '0', 60);
    $said = together(4, static function () use ($cache): void {
        for ($i = 0; $i < 500; $i++) {
            $cache->increment('hits', 2);
            $cache->decrement('hits');
            $cache->increment('text');
        }
    });
    return same([$said, [null, null, null, null]], [$cache->get('hits'), 2000], [$cache->get('text'), 2000]);
});

check('add(): of four processes one stores', static function (): ?string {
    $cache = cache();
    $won = together(4, static function (int $who) use ($cache): array {
        return array_filter(range(0, 199), static fn(int $i): bool => $cache->add("k$i", $who, 60));
    });
    return same([count(array_merge(...$won)), 200], [count(array_unique(array_merge(...$won))), 200]);
});

check('the rate limiter lets as many through as it should, over the first hit\'s window', static function (): ?string {
    $cache = cache();
    $through = together(4, static function () use ($cache): int {
        $limiter = new RateLimiter($cache);
        $done = 0;
        for ($i = 0; $i < 50; $i++) {
            $limiter->attempt('key', \PHP_INT_MAX, static function () use (&$done): void {
                $done++;
            }, 3600);
        }
        return $done;
    });
    $limiter = new RateLimiter($cache);
    $hits = $limiter->attempts('key');
    $left = $limiter->availableIn('key');
    for ($i = 0; $i < 5; $i++) {
        $limiter->hit('short', 1);
    }
    $short = $limiter->tooManyAttempts('short', 5) || $limiter->attempts('short') === 0; // a slow machine may be past it
    $over = until(static fn(): bool => !$limiter->tooManyAttempts('short', 5) && $limiter->attempts('short') === 0);
    return same([array_sum($through), 200], [$hits, 200], [$left > 3500 && $left <= 3600, true], [$short, true], [$over, true], [$limiter->hit('short', 60), 1]);
});

// ---- tags ----

check('tags: a flush holds in every process and for what has several tags', static function (): ?string {
    $cache = cache();
    $cache->tags(['people', 'artists'])->put('John', 'j', 60);
    $cache->tags(['people', 'authors'])->putMany(['Anne' => 'a', 'Ben' => 'b'], 60);
    $cache->tags('authors')->forever('Cleo', 'c');
    $cache->tags('artists')->increment('n', 2);
    result(process(static fn(): bool => $cache->tags('people')->flush()));
    return same([$cache->tags(['people', 'artists'])->get('John'), null], [$cache->tags(['people', 'authors'])->many(['Anne', 'Ben']), ['Anne' => null, 'Ben' => null]],
        [$cache->tags('authors')->get('Cleo'), 'c'], [$cache->tags('artists')->get('n'), 2], [$cache->get('Cleo'), null],
        [$cache->tags('people')->remember('x', 60, static fn(): string => 'computed'), 'computed']);
});

check('tags: four processes that begin one get the same', static function (): ?string {
    $cache = cache();
    for ($round = 0; $round < 5; $round++) {
        $names = together(4, static fn(): string => $cache->tags(["a$round", "b$round"])->getTags()->getNamespace());
        if (count(array_unique($names)) !== 1) {
            return 'they differ';
        }
    }
    return null;
});

check('tags: nothing grows with the items that come and go', static function (): ?string {
    $cache = cache();
    for ($i = 0; $i < 300; $i++) {
        $cache->tags('t')->put("k$i", 'x', 60);
        $cache->tags('t')->forget("k$i");
    }
    $kept = iterator_to_array(lyger_cache_keys($cache->getStore()->getPrefix()));
    return same([count($kept), 1], [lyger_cache_entry($kept[0])['bytes'] < 300, true]);
});

// ---- locks ----

check('locks: one owner at a time, and not twice for the same', static function (): ?string {
    $cache = cache();
    $got = together(4, static fn(): bool => $cache->lock('l', 60, 'all have one owner')->get());
    $lock = $cache->lock('l2', 60);
    return same([count(array_keys($got, true, true)), 1], [count(array_keys($got, false, true)), 3], [$lock->get(), true], [$lock->get(), false],
        [$lock->get(static fn() => 'not run'), false], [$lock->release(), true], [$lock->get(static fn() => 'run'), 'run'], [$lock->get(), true]);
});

check('locks: restored, refreshed and released in another process by the owner', static function (): ?string {
    $cache = cache();
    foreach ([null, 'worker-7', str_repeat('a long owner ', 20)] as $owner) {
        $name = 'l' . bin2hex(random_bytes(4));
        $lock = $cache->lock($name, 60, $owner);
        $lock->get();
        $other = $cache->restoreLock($name, 'someone else');
        $refused = [$other->release(), $other->refresh(30), $other->isOwnedByCurrentProcess(), $lock->isOwnedByCurrentProcess()];
        $id = $lock->owner();
        $done = result(process(static function () use ($cache, $name, $id): array {
            $lock = $cache->restoreLock($name, $id);
            return [$lock->isOwnedByCurrentProcess(), $lock->isOwnedBy($id), $lock->refresh(30), $lock->release(), $lock->release(), $lock->refresh(1)];
        }));
        $wrong = same([$refused, [false, false, false, true]], [$done, [true, true, true, true, false, false]], [$lock->release(), false], [$cache->lock($name, 5)->get(), true]);
        if ($wrong !== null) {
            return $wrong;
        }
    }
    return null;
});

check('locks: forced release, and the former owner has it no more', static function (): ?string {
    $cache = cache();
    $first = $cache->lock('l', 60, 'same owner');
    $first->get();
    $cache->lock('l')->forceRelease();
    $second = $cache->lock('l', 60);
    return same([$second->get(), true], [$first->release(), false], [$first->refresh(), false], [$second->isOwnedByCurrentProcess(), true]);
});

check('locks: whoever waits gets it when it is released, or an exception', static function (): ?string {
    $cache = cache();
    $lock = $cache->lock('l', 60);
    $lock->get();
    $waiting = process(static function () use ($cache): string {
        $cache->put('waits', 1, 60);
        return $cache->lock('l', 60)->block(30, static fn(): string => 'mine');
    });
    until(static fn(): bool => $cache->has('waits'));
    $lock->release();
    $said = result($waiting);
    $lock->get();
    $late = [];
    foreach ([0, 1] as $seconds) {
        try {
            $cache->lock('l', 60)->block($seconds);
        } catch (LockTimeoutException) {
            $late[] = $seconds;
        }
    }
    try {
        $cache->lock('throws', 60)->block(1, static fn() => throw new DomainException());
    } catch (DomainException) {
    }
    return same([$said, 'mine'], [$late, [0, 1]], [$cache->lock('throws', 60)->get(), true]);
});

check('locks: of a holder that is killed the lock lasts until its time is over; one without a time lasts', static function (): ?string {
    $cache = cache();
    $holder = process(static function () use ($cache): void {
        $cache->lock('short', 2)->get();
        $cache->lock('endless')->get();
        $cache->put('held', 1, 60);
        sleep(60);
    });
    until(static fn(): bool => $cache->has('held'));
    kill_hard($holder);
    $got = $cache->lock('short', 5)->block(30);
    $endless = $cache->lock('endless')->get();
    $cache->lock('endless')->forceRelease();
    return same([$got, true], [$endless, false], [$cache->lock('endless')->get(), true]);
});

// ---- what Laravel makes of them ----

check('remember(), flexible(), pull() and memo()', static function (): ?string {
    $app = application($GLOBALS['argv'][2]);
    $cache = $app->make('cache')->store();
    $calls = 0;
    $compute = static function () use (&$calls): string {
        return 'v' . ++$calls;
    };
    $remembered = [$cache->remember('r', 60, $compute), $cache->remember('r', 60, $compute), $cache->pull('r'), $cache->get('r')];
    $app->scoped(DeferredCallbackCollection::class);
    $cache->flexible('f', [1, 600], $compute);
    until(static fn(): bool => time() - $cache->get('illuminate:cache:flexible:created:f') > 1);
    $stale = $cache->flexible('f', [1, 600], $compute);
    $app->make(DeferredCallbackCollection::class)->invoke();
    $fresh = $cache->get('f');
    $memo = $app->make('cache')->memo('lyger');
    $first = $memo->get('f');
    $cache->put('f', 'changed', 60);
    return same([$remembered, ['v1', 'v1', 'v1', null]], [$stale, 'v2'], [$fresh, 'v3'], [$first, 'v3'], [$memo->get('f'), 'v3']);
});

check('sessions in the cache: SESSION_DRIVER=lyger', static function (): ?string {
    $app = application($GLOBALS['argv'][2]);
    $session = $app->make('session')->driver();
    $session->start();
    $session->put('cart', [1, 2]);
    $session->save();
    $id = $session->getId();
    $prefix = $app->make('config')->get('cache.prefix');
    $read = result(process(static function () use ($prefix, $id): mixed {
        $session = application($GLOBALS['argv'][2], ['prefix' => $prefix])->make('session')->driver();
        $session->setId($id);
        $session->start();
        $cart = $session->get('cart');
        $session->invalidate();
        $session->save();
        return $cart;
    }));
    $again = application($GLOBALS['argv'][2], ['prefix' => $prefix])->make('session')->driver();
    $again->setId($id);
    $again->start();
    return same([$read, [1, 2]], [$again->get('cart'), null]);
});

exit($failed === 0 ? 0 : 1);

<?php

declare(strict_types=1);

namespace Lyger\Laravel;

use Illuminate\Contracts\Foundation\Application;
use Illuminate\Session\CacheBasedSessionHandler;
use Illuminate\Support\ServiceProvider;

/**
 * Registers the cache driver "lyger", a store of that name with it (CACHE_STORE=lyger), and the session driver of that name
 * (SESSION_DRIVER=lyger).
 */
class LygerServiceProvider extends ServiceProvider
{
    public function register(): void
    {
        $config = $this->app->make('config');
        if ($config->get('cache.stores.lyger') === null) {
            $config->set('cache.stores.lyger', ['driver' => 'lyger']);
        }
        // Managers bind these functions to themselves, which static ones do not allow.
        $this->callAfterResolving('cache', static function ($cache): void {
            $cache->extend('lyger', function (Application $app, array $config) use ($cache) {
                return $cache->repository(new LygerStore(
                    (string) ($config['prefix'] ?? $app->make('config')->get('cache.prefix')),
                    $app->make('config')->get('cache.serializable_classes'),
                ), $config);
            });
        });
        $this->callAfterResolving('session', static function ($session): void {
            $session->extend('lyger', function (Application $app) {
                $config = $app->make('config');
                $store = $app->make('cache')->store($config->get('session.store') ?? 'lyger');
                return new CacheBasedSessionHandler(clone $store, (int) $config->get('session.lifetime'));
            });
        });
    }
}

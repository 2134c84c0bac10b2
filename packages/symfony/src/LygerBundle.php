<?php

declare(strict_types=1);

namespace Lyger\Symfony;

use Symfony\Component\Cache\Adapter\AbstractAdapter;
use Symfony\Component\DependencyInjection\Compiler\CompilerPassInterface;
use Symfony\Component\DependencyInjection\ContainerBuilder;
use Symfony\Component\DependencyInjection\Loader\Configurator\ContainerConfigurator;
use Symfony\Component\DependencyInjection\Reference;
use Symfony\Component\HttpKernel\Bundle\AbstractBundle;
use Symfony\Component\Lock\Store\StoreFactory;

use function Symfony\Component\DependencyInjection\Loader\Configurator\service;

/**
 * Registers cache.adapter.lyger and cache.adapter.lyger_tag_aware for framework.cache, and lock.store.lyger for framework.lock.
 */
final class LygerBundle extends AbstractBundle implements CompilerPassInterface
{
    public function build(ContainerBuilder $container): void
    {
        $container->addCompilerPass($this);
    }

    /** @param array<mixed> $config */
    public function loadExtension(array $config, ContainerConfigurator $container, ContainerBuilder $builder): void
    {
        $services = $container->services();
        if (class_exists(AbstractAdapter::class)) {
            // The arguments are those that the framework fills in for its own adapters: the namespace and the lifetime.
            foreach (['cache.adapter.lyger' => LygerAdapter::class, 'cache.adapter.lyger_tag_aware' => LygerTagAwareAdapter::class] as $name => $class) {
                $services->set($name, $class)->abstract()->args(['', 0])
                    ->call('setLogger', [service('logger')->ignoreOnInvalid()])
                    ->tag('cache.pool', ['clearer' => 'cache.default_clearer', 'reset' => 'reset', 'pruneable' => false])
                    ->tag('monolog.logger', ['channel' => 'cache']);
            }
        }
        if (class_exists(StoreFactory::class)) {
            $services->set('lock.store.lyger', LygerStore::class);
        }
    }

    /** The framework gives the stores that framework.lock names to a factory that knows Symfony's own only. */
    public function process(ContainerBuilder $container): void
    {
        foreach ($container->getDefinitions() as $id => $definition) {
            $named = $definition->getFactory() === [StoreFactory::class, 'createStore'] ? $definition->getArgument(0) : null;
            if (($named instanceof Reference || \is_string($named)) && (string) $named === 'lock.store.lyger') { // a string in Symfony 6.4
                $container->setAlias($id, 'lock.store.lyger');
            }
        }
    }
}

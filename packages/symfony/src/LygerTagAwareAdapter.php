<?php

declare(strict_types=1);

namespace Lyger\Symfony;

use Psr\Log\LoggerInterface;
use Symfony\Component\Cache\Adapter\TagAwareAdapter;
use Symfony\Component\Cache\Marshaller\MarshallerInterface;

/**
 * LygerAdapter with tags: an item is stored with the versions that its tags had, and is there as long as they still have them.
 *
 * Invalidating a tag deletes its version, so that it is one atomic step for all processes, takes the same time however many items
 * have the tag, and leaves no lists of items behind that grow. A version that was evicted, or written by two processes at the same
 * time, makes items misses, never stale. Versions are asked for each time instead of being remembered for a while: an
 * invalidation holds at once in every process.
 */
class LygerTagAwareAdapter extends TagAwareAdapter
{
    private LygerAdapter $inner;

    public function __construct(string $namespace = '', int $defaultLifetime = 0, ?MarshallerInterface $marshaller = null)
    {
        $this->inner = new LygerAdapter($namespace, $defaultLifetime, $marshaller);
        parent::__construct($this->inner, null, 0.0);
        $this->setCallbackWrapper(ComputesOnce::wrapper("$namespace\0tags"));
    }

    public function setLogger(LoggerInterface $logger): void
    {
        $this->logger = $logger;
        $this->inner->setLogger($logger); // it is the one that has something to say
    }

    public static function isSupported(): bool
    {
        return LygerAdapter::isSupported();
    }
}

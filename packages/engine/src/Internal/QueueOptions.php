<?php

declare(strict_types=1);

namespace Lyger\Internal;

/**
 * The arguments of startQueueServer() and nextRequest(), checked in the same words by every engine of this package.
 *
 * @internal
 */
final class QueueOptions
{
    private const LONGEST = 86400; // seconds

    /** null: the default */
    private function __construct(
        public readonly ?string $host,
        public readonly ?float $timeout,
        public readonly ?int $limit,
        public readonly ?int $maxBody,
    ) {
    }

    public static function read(int $port, array $options): self
    {
        Statements::within('startQueueServer', 1, 'port', $port, 0, 65535);
        foreach ($options as $name => $_) {
            if (!\in_array($name, ['host', 'request_timeout', 'queue_limit', 'max_body_size'], true)) {
                throw new \ValueError(
                    "Lyger\Engine::startQueueServer(): Argument #2 (\$options) has the unknown option \"$name\"; known are host, "
                    . 'request_timeout, queue_limit, max_body_size'
                );
            }
        }
        if (!\is_string($options['host'] ?? '')) {
            throw new \TypeError(
                'Lyger\Engine::startQueueServer(): Argument #2 ($options) must have a string for option "host", '
                . get_debug_type($options['host']) . ' given'
            );
        }
        $limit = self::number($options, 'queue_limit', 1, 1000000);
        $body = self::number($options, 'max_body_size', 0, 1 << 40);
        return new self(
            $options['host'] ?? null,
            self::number($options, 'request_timeout', 0, self::LONGEST),
            $limit === null ? null : (int) $limit,
            $body === null ? null : (int) $body,
        );
    }

    private static function number(array $options, string $name, int $least, int $most): ?float
    {
        $value = $options[$name] ?? null;
        if ($value !== null && !\is_int($value) && !\is_float($value)) {
            throw new \TypeError(
                "Lyger\Engine::startQueueServer(): Argument #2 (\$options) must have a number for option \"$name\", "
                . get_debug_type($value) . ' given'
            );
        }
        if ($value !== null && !($value >= $least && $value <= $most)) {
            throw new \ValueError(
                "Lyger\Engine::startQueueServer(): Argument #2 (\$options) must have $least to $most for option \"$name\""
            );
        }
        return $value === null ? null : (float) $value;
    }

    public static function time(int $timeoutMs): void
    {
        Statements::within('nextRequest', 1, 'timeoutMs', $timeoutMs, 0, self::LONGEST * 1000);
    }
}

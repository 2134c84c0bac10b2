<?php

declare(strict_types=1);

namespace Lyger\Internal;

/**
 * What sendResponse() was given, as status, header lines and body.
 *
 * @internal
 */
final class QueueAnswer
{
    private const WHERE = 'Lyger\Engine::sendResponse(): Argument #2 ($response)';

    /** @param list<array{string, string}> $lines name and value */
    private function __construct(
        public readonly int $status,
        public readonly array $lines,
        public readonly string $body,
    ) {
    }

    public static function of(object|array|string $response): self
    {
        $parts = match (true) {
            \is_string($response) => ['body' => $response],
            \is_array($response) => $response,
            default => self::ofObject($response),
        };
        foreach ($parts as $name => $_) {
            if (!\in_array($name, ['status', 'headers', 'body'], true)) {
                throw new \ValueError(self::WHERE . " has the unknown element \"$name\"; known are status, headers, body");
            }
        }
        $status = $parts['status'] ?? 200;
        if (!\is_int($status)) {
            throw new \TypeError(self::WHERE . ' must have an int as status, ' . get_debug_type($status) . ' given');
        }
        if ($status < 200 || $status > 599) {
            throw new \ValueError(self::WHERE . " must have a status of 200 to 599, $status given");
        }
        $headers = $parts['headers'] ?? [];
        if (!\is_array($headers)) {
            throw new \TypeError(self::WHERE . ' must have an array as headers, ' . get_debug_type($headers) . ' given');
        }
        return new self($status, self::lines($headers), (string) ($parts['body'] ?? ''));
    }

    private static function ofObject(object $response): array
    {
        $get = static fn(string $name): mixed => \is_callable([$response, $name]) ? $response->$name() : null;
        $parts = ['status' => $get('getStatusCode'), 'headers' => $get('getHeaders'), 'body' => $get('getContent') ?? $get('getBody')];
        if ($parts['status'] === null || $parts['body'] === null) {
            throw new \TypeError(
                self::WHERE . ' must be an object with getStatusCode(), getHeaders(), and getContent() or getBody(); '
                . $response::class . ' is not'
            );
        }
        return $parts;
    }

    /** @return list<array{string, string}> */
    private static function lines(array $headers): array
    {
        $lines = [];
        foreach ($headers as $name => $values) {
            if (!\is_string($name)) {
                throw new \ValueError(self::WHERE . " must have headers as name => value; $name is no name");
            }
            foreach (\is_array($values) ? $values : [$values] as $value) {
                if (\is_array($value) || \is_object($value) || \is_resource($value)) {
                    throw new \TypeError(
                        self::WHERE . ' must have texts as headers, ' . get_debug_type($value) . " given for \"$name\""
                    );
                }
                $lines[] = [$name, (string) $value];
            }
        }
        return $lines;
    }
}

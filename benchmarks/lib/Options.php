<?php

declare(strict_types=1);

namespace Lyger\Benchmarks;

use InvalidArgumentException;

/** The command line of benchmarks/run. */
final class Options
{
    private const FLAGS = ['quick', 'self-check'];
    private const VALUES = ['only', 'json', 'out', 'from', 'build', 'rust', 'seconds', 'parts', 'machines'];
    private const LISTS = ['scenarios', 'php-set', 'beside'];

    public static function parsed(array $arguments): array
    {
        $given = ['scenarios' => [], 'php-set' => [], 'beside' => []];
        while ($arguments) {
            $argument = array_shift($arguments);
            [$name, $value] = explode('=', substr($argument, 2), 2) + [1 => null];
            $known = str_starts_with($argument, '--') && in_array($name, [...self::FLAGS, ...self::VALUES, ...self::LISTS], true);
            $known || throw new InvalidArgumentException("$argument: not an option; the head of benchmarks/run tells them");
            if (in_array($name, self::FLAGS, true)) {
                $given[$name] = true;
                continue;
            }
            $value ??= array_shift($arguments) ?? throw new InvalidArgumentException("--$name needs a value");
            in_array($name, self::LISTS, true) ? $given[$name][] = $value : $given[$name] = $value;
        }
        $root = dirname(__DIR__, 2);
        $rust = $given['rust'] ?? "$root/build/rust/liblyger_rust.so";
        $options = [
            'quick' => isset($given['quick']),
            'self_check' => isset($given['self-check']),
            'only' => $given['only'] ?? '',
            'json' => $given['json'] ?? null,
            'out' => $given['out'] ?? "$root/build/benchmarks",
            'from' => $given['from'] ?? null,
            'scenarios' => $given['scenarios'] ?: [dirname(__DIR__) . '/scenarios'],
            'php_settings' => $given['php-set'],
            'beside' => array_map(self::json(...), $given['beside']),
            'machines' => $given['machines'] ?? "$root/docs/boundary",
            'seconds' => isset($given['seconds']) ? max(1, (int) $given['seconds']) : null,
            'rust' => is_file($rust) ? realpath($rust) : null,
            'pgsql' => getenv('LYGER_BENCH_PG') ?: null,
        ];
        $options['parts'] = $given['parts'] ?? (isset($given['quick']) ? 'none' : (Instructions::available() ? 'instructions' : 'time'));
        in_array($options['parts'], ['instructions', 'time', 'none'], true)
            || throw new InvalidArgumentException("--parts {$options['parts']}: there is instructions, time and none");
        if ($options['from'] === null) {
            $options['modules'] = self::modules($given['build'] ?? "$root/build/dev/modules");
        }
        return $options;
    }

    public static function json(string $file): array
    {
        try {
            return (array) json_decode(self::contents($file), true, 64, JSON_THROW_ON_ERROR);
        } catch (\JsonException $error) {
            throw new InvalidArgumentException("$file: {$error->getMessage()}");
        }
    }

    private static function contents(string $file): string
    {
        $text = is_file($file) ? file_get_contents($file) : false;
        return $text === false ? throw new InvalidArgumentException("$file cannot be read") : $text;
    }

    private static function modules(string $directory): string
    {
        foreach (['lyger.so', 'liblyger.so'] as $file) {
            if (!is_file("$directory/$file")) {
                throw new InvalidArgumentException("$directory/$file is missing: run scripts/build, or give --build DIR");
            }
        }
        $loaded = array_map(strtolower(...), [...get_loaded_extensions(), ...get_loaded_extensions(true)]);
        $missing = implode(', ', array_diff(['ffi', 'pcntl', 'posix', 'zend opcache'], $loaded));
        $missing === '' || throw new InvalidArgumentException("PHP lacks $missing (Debian: apt-get install php-cli)");
        return realpath($directory);
    }
}

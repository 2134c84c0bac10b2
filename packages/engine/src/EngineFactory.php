<?php

declare(strict_types=1);

namespace Lyger;

/**
 * Which implementation of Lyger\Engine is used, and the way to ask for one by name.
 *
 * Without a choice: the native extension when it is loaded, else liblyger.so through FFI when the library is found and
 * FFI may be used, else plain PHP. The environment variable LYGER_ENGINE (native, ffi, fallback) decides instead for
 * Lyger\Engine; LYGER_LIBRARY and LYGER_HEADER say where liblyger.so and its header are.
 *
 *     $engine = Lyger\Engine::getInstance();                          // the best there is
 *     $engine = Lyger\EngineFactory::create(Lyger\EngineFactory::FALLBACK);  // this one
 */
final class EngineFactory
{
    public const NATIVE = 'native';
    public const FFI = 'ffi';
    public const FALLBACK = 'fallback';

    /** The version of the project these classes belong to. */
    public const VERSION = '0.1.0';

    private function __construct()
    {
    }

    /**
     * The engine of that name, or the best there is for null.
     *
     * @return Engine an object with the methods of Lyger\Engine; its class depends on the door
     * @throws \ValueError for a name that is none of the three
     * @throws Exception\RuntimeException when that door is closed here, with the reason
     */
    public static function create(?string $door = null): object
    {
        $class = $door === null ? self::className() : self::classOf($door);
        return $class::getInstance();
    }

    /**
     * The doors that are open in this process, the best first.
     *
     * @return list<string>
     */
    public static function available(): array
    {
        return array_values(array_filter(
            [self::NATIVE, self::FFI, self::FALLBACK],
            static fn(string $door): bool => self::closedBecause($door) === null,
        ));
    }

    /**
     * The class that Lyger\Engine stands for.
     *
     * @return class-string
     */
    public static function className(): string
    {
        if (\extension_loaded('lyger')) {
            return Engine::class;
        }
        $wanted = getenv('LYGER_ENGINE');
        return self::classOf(\is_string($wanted) && $wanted !== '' ? $wanted : self::available()[0]);
    }

    /** @return class-string */
    private static function classOf(string $door): string
    {
        $reason = self::closedBecause($door);
        if ($reason !== null) {
            throw new Exception\RuntimeException("The $door engine cannot be used: $reason");
        }
        return match ($door) {
            self::NATIVE => Engine::class,
            self::FFI => Ffi\Engine::class,
            self::FALLBACK => Fallback\Engine::class,
        };
    }

    /** Why a door is closed in this process; null when it is open. */
    private static function closedBecause(string $door): ?string
    {
        return match ($door) {
            self::NATIVE => \extension_loaded('lyger') ? null : 'the extension lyger is not loaded',
            self::FFI => Ffi\Library::missing(),
            self::FALLBACK => null,
            default => throw new \ValueError("The engine must be native, ffi or fallback, \"$door\" given"),
        };
    }
}

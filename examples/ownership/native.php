<?php

/** The same mistakes through lyger's native door: each is an Error, or cannot be made. */

declare(strict_types=1);

require __DIR__ . '/ustar.php';

$tell = static function (string $what, callable $do): void {
    try {
        $said = $do();
    } catch (Throwable $error) {
        $said = $error::class . ", {$error->getMessage()}";
    }
    echo "$what: $said\n";
};

$tell('use after free', static function (): int {
    $owner = new Lyger\ProbeOwner(41);
    $owner->free();
    return $owner->use();
});
$tell('freed twice', static function (): string {
    $owner = new Lyger\ProbeOwner(41);
    $owner->free();
    $owner->free();
    return 'the second does nothing';
});
$tell('a view outlives its owner', static function (): string {
    $view = (static fn(): Lyger\ProbeFile => (new Lyger\ProbeArchive(ustar(['numbers' => '1 2 3'])))->file(0))();
    return "{$view->digits()} digits, the view keeps the archive";
});
$tell('changed under a view', static fn(): string => implode(', ', get_class_methods(Lyger\ProbeArchive::class)) . ' are all its methods: none changes it');

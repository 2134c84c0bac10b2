--TEST--
Natively an owner that was freed is an error, and an archive lives as long as a view into it
--EXTENSIONS--
lyger
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_probes.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/probes.inc';
$owner = new Lyger\ProbeOwner(41);
var_dump($owner->use());
$owner->free();
$owner->free();
try {
    $owner->use();
} catch (Error $error) {
    echo $error->getMessage(), "\n";
}

function view(): Lyger\ProbeFile
{
    $archive = new Lyger\ProbeArchive(ustar(['a' => '123', 'b' => str_repeat('4', 5000)]));
    return $archive->file(1);
}
$view = view();
$others = array_map(static fn(int $i) => new Lyger\ProbeArchive(ustar(['x' => str_repeat('y', 5000)])), range(1, 20));
var_dump($view->name(), $view->digits(), $view->contents() === str_repeat('4', 5000));

foreach ([
    'clone' => static fn() => clone $view,
    'new file' => static fn() => new Lyger\ProbeFile(),
    'again' => static function () {
        $archive = new Lyger\ProbeArchive(ustar(['a' => '1']));
        $view = $archive->file(0);
        try {
            $archive->__construct(ustar([]));
        } finally {
            echo $view->contents(), "\n";
        }
    },
    'property' => static fn() => $owner->x = 1,
    'serialize' => static fn() => serialize($owner),
    'no constructor' => static fn() => (new ReflectionClass('Lyger\ProbeOwner'))->newInstanceWithoutConstructor(),
] as $what => $call) {
    try {
        $call();
        echo "$what went through\n";
    } catch (Throwable $error) {
        echo $error->getMessage(), "\n";
    }
}
?>
--EXPECT--
int(42)
Lyger\ProbeOwner was freed
string(1) "b"
int(5000)
bool(true)
Trying to clone an uncloneable object of class Lyger\ProbeFile
Call to private Lyger\ProbeFile::__construct() from global scope
1
Lyger\ProbeArchive is constructed already
Cannot create dynamic property Lyger\ProbeOwner::$x
Serialization of 'Lyger\ProbeOwner' is not allowed
Class Lyger\ProbeOwner is an internal class marked as final that cannot be instantiated without invoking its constructor

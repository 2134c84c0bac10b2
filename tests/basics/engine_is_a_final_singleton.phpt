--TEST--
Lyger\Engine is final, one per request, neither cloneable nor serializable, and known as Lyger\Core\Engine
--EXTENSIONS--
lyger
--FILE--
<?php
$engine = Lyger\Engine::getInstance();
var_dump($engine === Lyger\Engine::getInstance(), $engine === Lyger\Core\Engine::getInstance());
var_dump((new ReflectionClass($engine))->isFinal(), Lyger\Core\Engine::class === 'Lyger\Core\Engine', $engine::class);
$attempts = [
    fn () => new Lyger\Engine,
    fn () => clone $engine,
    fn () => serialize($engine),
    fn () => unserialize('O:12:"Lyger\Engine":0:{}'),
    fn () => $engine->dynamic = 1,
];
foreach ($attempts as $attempt) {
    try {
        $attempt();
        echo "no error\n";
    } catch (Throwable $e) {
        echo get_class($e), ': ', $e->getMessage(), "\n";
    }
}
var_dump($engine->helloWorld() === lyger_hello_world(), lyger_hello_world() === 'Hello from lyger ' . phpversion('lyger'));
?>
--EXPECT--
bool(true)
bool(true)
bool(true)
bool(true)
string(12) "Lyger\Engine"
Error: Call to private Lyger\Engine::__construct() from global scope
Error: Trying to clone an uncloneable object of class Lyger\Engine
Exception: Serialization of 'Lyger\Engine' is not allowed
Exception: Unserialization of 'Lyger\Engine' is not allowed
Error: Cannot create dynamic property Lyger\Engine::$dynamic
bool(true)
bool(true)

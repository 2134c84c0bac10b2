<?php

declare(strict_types=1);

/** The signatures of class Lyger\Engine as the stub writes them: method => normalised text. */
function stub_signatures(): array
{
    $stub = file_get_contents(__DIR__ . '/../../../stubs/lyger.stub.php');
    $start = strpos($stub, 'final class Engine');
    $class = substr($stub, $start, strpos($stub, '#ifdef', $start) - $start);
    $tokens = array_values(array_filter(
        PhpToken::tokenize("<?php $class"),
        static fn(PhpToken $token): bool => !$token->isIgnorable(),
    ));
    $signatures = [];
    foreach ($tokens as $i => $token) {
        if ($token->id !== T_FUNCTION || !in_array('public', [$tokens[$i - 1]->text, $tokens[$i - 2]->text], true)) {
            continue;
        }
        $text = '';
        for ($j = $i + 2; $tokens[$j]->text !== '{'; $j++) {
            $text .= ltrim($tokens[$j]->text, '\\'); // reflection prints \Iterator without
        }
        $static = $tokens[$i - 1]->id === T_STATIC ? 'static ' : '';
        $signatures[$tokens[$i + 1]->text] = $static . $text;
    }
    return $signatures;
}

/** The same text from reflection; the class's own name and self are both written Engine. */
function reflected_signature(ReflectionMethod $method): string
{
    $parameters = [];
    foreach ($method->getParameters() as $parameter) {
        $attributes = array_map(static fn(ReflectionAttribute $it): string => "#[{$it->getName()}]", $parameter->getAttributes());
        $text = implode('', $attributes) . $parameter->getType() . '$' . $parameter->getName();
        if ($parameter->isOptional()) {
            $default = $parameter->getDefaultValue();
            $text .= '=' . ($default === [] ? '[]' : ($default === null ? 'null' : var_export($default, true)));
        }
        $parameters[] = $text;
    }
    $type = (string) $method->getReturnType();
    $type = $type === 'self' || ltrim($type, '\\') === $method->class ? 'Engine' : $type;
    // The engines of the package have a class of their own under that name.
    $type = $type === (new ReflectionClass('Lyger\Result'))->getName() ? 'Lyger\Result' : $type;
    return ($method->isStatic() ? 'static ' : '') . '(' . implode(',', $parameters) . '):' . $type;
}

/** Union types in one order: PHP prints array|string, whatever was written. */
function in_order(string $signature): string
{
    return preg_replace_callback('/\w+(?:\|\w+)+/', static function (array $union): string {
        $types = explode('|', $union[0]);
        sort($types);
        return implode('|', $types);
    }, $signature);
}

return [
    'every method of the stub has the same signature' => static function (object $engine, Check $check): void {
        $signatures = stub_signatures();
        $check->that(count($signatures) >= 20, 'the stub was not understood: ' . count($signatures) . ' methods');
        $class = new ReflectionClass($engine);
        foreach ($signatures as $name => $signature) {
            if (!$class->hasMethod($name)) {
                $check->that(false, "there is no method $name");
                continue;
            }
            $method = $class->getMethod($name);
            $check->same(in_order($signature), in_order(reflected_signature($method)), $name);
            $check->that($method->isPublic(), "$name is not public");
        }
    },
    'the engine is one final object' => static function (object $engine, Check $check): void {
        $check->that((new ReflectionClass($engine))->isFinal(), 'the class is not final');
        $check->that($engine::getInstance() === $engine, 'getInstance() gives another object');
        $check->throws(Error::class, static fn() => clone $engine);
        $check->throws(Exception::class, static fn() => serialize($engine), 'serializ');
        $check->throws(Error::class, static function () use ($engine): void {
            $engine->anything = 1;
        });
    },
    'the greeting has the version' => static function (object $engine, Check $check): void {
        $check->same('Hello from lyger ' . Lyger\EngineFactory::VERSION, $engine->helloWorld());
    },
    'system information has the same members' => static function (object $engine, Check $check): void {
        $info = json_decode($engine->systemInfo(), true, 8, JSON_THROW_ON_ERROR);
        $check->same(
            ['name', 'version', 'door', 'php', 'libraries', 'simd', 'cache', 'server',
                'framework', 'mode', 'status', 'tokio_runtime', 'async_enabled', 'total_memory', 'port', 'php_version'],
            array_keys($info),
        );
        $check->same('lyger', $info['name']);
        $check->same(Lyger\EngineFactory::VERSION, $info['version']);
        $check->same(['libpq', 'sqlite'], array_keys($info['libraries']));
        $check->same('off', $info['server']);
    },
    'exceptions are children of the one interface' => static function (object $engine, Check $check): void {
        foreach (['RuntimeException', 'CacheException', 'QueryException', 'ServerException'] as $name) {
            $check->that(is_subclass_of("Lyger\\Exception\\$name", Lyger\Exception::class), "$name is no Lyger\\Exception");
            $check->that(is_subclass_of("Lyger\\Exception\\$name", RuntimeException::class), "$name is no RuntimeException");
        }
    },
];

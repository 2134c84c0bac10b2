--TEST--
Frameless functions (PHP 8.4) return what the others return, also when they are called with a frame
--EXTENSIONS--
lyger
--SKIPIF--
<?php
require __DIR__ . '/../inc/skip_without_probes.inc';
PHP_VERSION_ID >= 80400 || die('skip inapplicable: PHP has frameless functions since 8.4');
?>
--FILE--
<?php
$name = 'lyger_probe_frameless_double';
var_dump(lyger_probe_frameless_nothing(), lyger_probe_frameless_double(21), $name(21), lyger_probe_frameless_double(PHP_INT_MAX));
try {
    lyger_probe_frameless_double('x');
} catch (TypeError $error) {
    echo $error->getMessage(), "\n";
}
foreach (['', 'a', 'seven77 and 12', 42] as $text) {
    $same = lyger_probe_frameless_text_in($text) === lyger_probe_text_in($text)
        && lyger_probe_frameless_digits($text) === lyger_probe_digits($text) && call_user_func('lyger_probe_frameless_digits', $text) === lyger_probe_digits($text);
    echo $same ? 'the same' : "$text differs", "\n";
}
var_dump((string) (new ReflectionFunction($name))->getReturnType());
?>
--EXPECTREGEX--
NULL
int\(42\)
int\(42\)
int\(-2\)
lyger_probe_frameless_double\(\): Argument #1 \(\$value\) must be of type int, string given
the same
the same
the same
the same
string\(3\) "int"

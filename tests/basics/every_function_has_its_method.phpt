--TEST--
Every lyger_* function has a method on Lyger\Engine with the same parameters, defaults and types
--EXTENSIONS--
lyger
--FILE--
<?php
// lyger_restart_to_serve() and lyger_serve_scripts() are the command's own.
$functions = array_filter(get_extension_funcs('lyger'), fn ($name) => !preg_match('/^lyger_(probe_|restart_to_serve$|serve_scripts$)/', $name));
$class = new ReflectionClass('Lyger\Engine');
$seen = 0;
foreach ($functions as $name) {
    $method = lcfirst(str_replace('_', '', ucwords(substr($name, 6), '_')));
    if (!$class->hasMethod($method)) {
        echo "$name has no method $method\n";
        continue;
    }
    $describe = function (ReflectionFunctionAbstract $f): string {
        $parameters = array_map(fn ($p) => (string) $p, $f->getParameters());
        return implode(', ', $parameters) . ': ' . $f->getReturnType();
    };
    if ($describe(new ReflectionFunction($name)) !== $describe($class->getMethod($method))) {
        echo "$name and $method differ\n";
    }
    $seen++;
}
// query() and getInstance() alone give an object.
$methods = array_filter($class->getMethods(), fn ($m) => $m->isPublic() && !in_array($m->name, ['query', 'getInstance'], true));
var_dump($seen === count($functions), count($methods) === $seen, $seen > 15);
?>
--EXPECT--
bool(true)
bool(true)
bool(true)

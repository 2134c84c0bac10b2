--TEST--
Whatever PHP does to a value used in place, the stored one stays as it was
--EXTENSIONS--
lyger
--INI--
lyger.cache_zero_copy=1
--FILE--
<?php
$map = ['b' => 2, 'a' => [1, 2, ['deep' => 'x']], 7 => 'seven', 'text' => str_repeat('long ', 1000), 'rows' => [['id' => 1], ['id' => 2]]];
$list = [3, 1, 2, 'three', null, 2.5, true, ['n']];
lyger_cache_set('map', $map);
lyger_cache_set('list', $list);
lyger_cache_set('text', $map['text']);

$changes = [
    'append' => function (array $v) { $v[] = 'new'; return $v; },
    'unset' => function (array $v) { foreach ($v as $k => $_) { unset($v[$k]); } return $v; },
    'nested' => function (array $v) { foreach ($v as &$e) { if (is_array($e)) { $e['new'] = [1]; } } return $v; },
    'by reference' => function (array $v) { array_walk_recursive($v, function (&$e) { $e = 0; }); return $v; },
    'sort' => function (array $v) { asort($v); ksort($v); shuffle($v); return $v; },
    'pointer' => function (array $v) { end($v); prev($v); reset($v); next($v); return [key($v)]; },
    'push and pop' => function (array $v) { array_push($v, 1); array_pop($v); array_shift($v); array_unshift($v, 2); array_splice($v, 1, 1); return $v; },
    'iterator' => function (array $v) { $i = new ArrayIterator($v); $i['x'] = 1; foreach ($i as $k => $e) { $i[$k] = 5; } $o = new ArrayObject($v); $o->append(1); return $i->getArrayCopy(); },
    'object' => function (array $v) { $o = (object) $v; $o->added = 1; return (array) $o; },
    'extract' => function (array $v) { extract($v, EXTR_PREFIX_ALL, 'p'); $p_b = 9; return compact('p_b'); },
    'static' => function (array $v) { static $kept; $kept = $v; $kept['s'] = 1; return $kept; },
    'functions' => fn (array $v) => [array_merge($v, ['m']), array_replace($v, [7 => 8]), array_reverse($v, true), array_filter($v), array_flip(array_keys($v)), json_encode($v), serialize($v), var_export($v, true), count($v, COUNT_RECURSIVE)],
    'generator' => fn (array $v) => iterator_to_array((function () use ($v) { yield from $v; })()),
    'unserialize' => fn (array $v) => unserialize(serialize($v)),
];
foreach ($changes as $name => $change) {
    foreach (['map' => $map, 'list' => $list] as $key => $expected) {
        $change(lyger_cache_get($key));
        if (lyger_cache_get($key) !== $expected) {
            echo "$name changed $key\n";
        }
    }
}
$text = lyger_cache_get('text');
$text[0] = 'L';
$text .= '!';
$other = lyger_cache_get('text');
$number = &$other;
$number = strtoupper($number);
ini_set('user_agent', lyger_cache_get('text'));
define('TEXT', lyger_cache_get('text'));
class Original
{
}
class_alias('Original', lyger_cache_get('text'));
var_dump(lyger_cache_get('text') === $map['text'], $text === 'L' . substr($map['text'], 1) . '!');
$object = new stdClass();
$object->{lyger_cache_get('text')} = lyger_cache_get('map');
lyger_cache_set('map', 'replaced');
lyger_cache_clear();
var_dump(((array) $object)[$map['text']] === $map);
gc_collect_cycles();
?>
--EXPECT--
bool(true)
bool(true)
bool(true)

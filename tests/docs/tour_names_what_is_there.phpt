--TEST--
docs/internals.md: what it names exists, files and functions alike, and no folder of ext/ is missing from its map
--SKIPIF--
<?php
is_file((getenv('LYGER_SOURCE') ?: dirname(__DIR__, 2)) . '/ext/server/hub/hub.h') || die('skip the sources are not part of this tree');
?>
--FILE--
<?php
declare(strict_types=1);

$root = getenv('LYGER_SOURCE') ?: dirname(__DIR__, 2);
$page = file_get_contents("$root/docs/internals.md");
$sources = $names = [];
foreach (new RecursiveIteratorIterator(new RecursiveDirectoryIterator("$root/ext", FilesystemIterator::SKIP_DOTS)) as $file) {
    if (preg_match('/\.[ch]$/', $file->getPathname())) {
        $sources[substr($file->getPathname(), strlen($root) + 1)] = file_get_contents($file->getPathname());
    }
}
$all = implode("\n", $sources) . file_get_contents("$root/stubs/lyger.stub.php");
preg_match_all('/\b\w+/', $all, $words);
$words = array_flip($words[0]);

/** What of the page's code does not exist, a line each. */
$missing = static function (string $page) use ($root, $words, $sources): array {
    $missing = [];
    preg_match_all('/`([^`\n]+)`|\]\(([^)#:]+)[^)]*\)/', $page, $found, PREG_SET_ORDER);
    foreach ($found as $one) {
        $name = ($one[1] ?? '') !== '' ? $one[1] : 'docs/' . ($one[2] ?? '');
        $name = str_replace('docs/../', '', $name);
        if (preg_match('~^(ext|docs|tests|scripts|packages|stubs|bin)/[\w./-]+$~', $name)) {
            file_exists("$root/$name") || $missing[] = "no file $name";
        } elseif (preg_match('/^[\w-]+\.[ch]$/', $name)) { // beside another that was named with its folder
            preg_grep('~/' . preg_quote($name) . '$~', array_keys($sources)) || $missing[] = "no file $name";
        } elseif (preg_match('/^[a-z]+_\w+(?=\(\)$|$)/i', $name, $function)) { // a function, a type, a hook, an option
            isset($words[$function[0]]) || $missing[] = "no name $function[0]";
        }
    }
    return $missing;
};
echo implode("\n", $missing($page)) ?: 'all that it names exists', "\n";

$folders = array_unique(array_map(dirname(...), array_keys($sources)));
$unnamed = array_filter($folders, static fn(string $folder): bool => !str_contains($page, "| `$folder` |"));
echo $unnamed ? 'not in the map: ' . implode(', ', $unnamed) : 'the map has every folder', "\n";

// The check itself: what was renamed is found.
foreach (['`lyger_hub_take()`' => '`lyger_hub_grab()`', '`ext/cache/segment/layout.h`' => '`ext/cache/lay.h`', '`pq_wire.c`' => '`pq_string.c`'] as $from => $to) {
    echo str_contains($page, $from) ? implode(', ', array_unique($missing(str_replace($from, $to, $page)))) : "$from is not on the page", "\n";
}
?>
--EXPECT--
all that it names exists
the map has every folder
no name lyger_hub_grab
no file ext/cache/lay.h
no file pq_string.c

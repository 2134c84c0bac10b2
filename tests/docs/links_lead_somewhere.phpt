--TEST--
Links of the pages to files and headings of this tree lead to one that is there
--FILE--
<?php
declare(strict_types=1);

$root = getenv('LYGER_SOURCE') ?: dirname(__DIR__, 2);

/** The anchors of a page's headings, as GitHub makes them. @return list<string> */
function anchors(string $page): array
{
    preg_match_all('/^#+ (.+)$/m', preg_replace('/^```.*?^```$/ms', '', $page), $found);
    return array_map(static fn(string $heading): string => strtr(preg_replace('/[^\w\s-]/u', '', strtolower($heading)), ' ', '-'), $found[1]);
}

/** @return list<string> links that lead nowhere */
function lost(string $file, string $page): array
{
    $lost = [];
    preg_match_all('/\]\(([^)\s]+)\)/', preg_replace('/^```.*?^```$/ms', '', $page), $found);
    foreach ($found[1] as $link) {
        if (preg_match('/^[a-z]+:/', $link)) {
            continue;
        }
        [$path, $anchor] = explode('#', $link, 2) + [1 => ''];
        $target = $path === '' ? $file : dirname($file) . "/$path";
        if (!file_exists($target) || ($anchor !== '' && !in_array($anchor, anchors($path === '' ? $page : file_get_contents($target)), true))) {
            $lost[] = basename($file) . ": $link";
        }
    }
    return $lost;
}

$count = 0;
foreach (["$root/README.md", "$root/SECURITY.md", "$root/CONTRIBUTING.md", ...glob("$root/docs/*.md")] as $file) {
    if (is_file($file)) {
        $count++;
        foreach (lost($file, file_get_contents($file)) as $link) {
            echo "$link\n";
        }
    }
}
echo $count > 15 ? "all pages\n" : "only $count pages\n";
print_r(lost("$root/docs/cache.md", "# One word\n[a](#one-word) [b](#two-words) [c](nowhere.md) [d](server.md#signals) [e](server.md#singals) [f](https://example.org/)\n"));
?>
--EXPECT--
all pages
Array
(
    [0] => cache.md: #two-words
    [1] => cache.md: nowhere.md
    [2] => cache.md: server.md#singals
)

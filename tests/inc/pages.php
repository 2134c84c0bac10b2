<?php

/**
 * Runs the PHP of a page as whoever reads it would: tests/docs/examples_do_what_they_say.phpt starts one process for each page.
 *
 *     php pages.php PAGE DIRECTORY DSN
 *
 * The blocks of a page are one script, in their order. A block that is followed by one in the language "output" prints that
 * ("…" stands for anything on a line), and one that is not prints nothing. One behind "<!-- not run: WHY -->" is left out; one
 * behind "<!-- served: GET /path -->" is an application that the caller serves. In what runs, /var/lib/app is DIRECTORY, and
 * postgres://app:secret@db/shop is DSN. Prints what is wrong.
 */

declare(strict_types=1);

/** @return list<array{line: int, code: string, output: ?string, not_run: ?string, served: ?string}> */
function blocks_of(string $page): array
{
    $blocks = [];
    $fence = '/^(?:<!-- (not run|served): (.+?) -->\n)?```php\n(.*?)^```\n(?:\n?```output\n(.*?)^```$)?/ms';
    preg_match_all($fence, $page, $found, PREG_SET_ORDER | PREG_OFFSET_CAPTURE | PREG_UNMATCHED_AS_NULL);
    foreach ($found as [, [$how], [$what], [$code, $at], $output]) {
        $blocks[] = ['line' => substr_count($page, "\n", 0, $at), 'code' => $code, 'output' => $output[0] ?? null,
            'not_run' => $how === 'not run' ? $what : null, 'served' => $how === 'served' ? $what : null];
    }
    return $blocks;
}

function is_as_written(string $output, string $wanted): bool
{
    $pattern = str_replace('…', '.*', preg_quote(rtrim($wanted, "\n"), '/'));
    return (bool) preg_match("/^$pattern$/u", rtrim($output, "\n"));
}

function as_here(string $code, string $directory, string $dsn): string
{
    return strtr($code, ['/var/lib/app' => $directory, 'postgres://app:secret@db/shop' => $dsn]);
}

if (realpath($_SERVER['SCRIPT_FILENAME']) === __FILE__) {
    set_error_handler(static fn(int $level, string $message): bool => throw new ErrorException($message, 0, $level));
    [, $lyger_page, $lyger_directory, $lyger_dsn] = $argv;
    foreach (blocks_of(file_get_contents($lyger_page)) as $lyger_block) {
        if ($lyger_block['not_run'] !== null || $lyger_block['served'] !== null) {
            continue;
        }
        $lyger_where = basename($lyger_page) . ", line {$lyger_block['line']}";
        file_put_contents("$lyger_directory/block.php", preg_replace('/^(?!<\?php)/', "<?php\n", as_here($lyger_block['code'], $lyger_directory, $lyger_dsn)));
        ob_start();
        try {
            include "$lyger_directory/block.php";
        } catch (Throwable $lyger_thrown) {
            echo "\n", get_class($lyger_thrown), ': ', $lyger_thrown->getMessage();
        }
        $lyger_said = (string) ob_get_clean();
        if (!is_as_written($lyger_said, $lyger_block['output'] ?? '')) {
            echo "$lyger_where prints\n$lyger_said\n";
        }
    }
}

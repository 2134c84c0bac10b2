--TEST--
The PHP of README.md and docs/*.md runs and prints what the page says; what is left out says why
--EXTENSIONS--
lyger
--SKIPIF--
<?php
require __DIR__ . '/../inc/skip_without_server.inc';
require __DIR__ . '/../inc/skip_without_postgres.inc';
?>
--FILE--
<?php
declare(strict_types=1);
require __DIR__ . '/../inc/command.inc';
require __DIR__ . '/../inc/pages.php';

$root = dirname(command_file(), 2);
$directory = realpath(sys_get_temp_dir()) . '/lyger-pages-' . getmypid();
$schema = 'lyger_pages_' . getmypid();
$server = getenv('LYGER_TEST_PG');
$dsn = $server . (str_contains($server, '?') ? '&' : '?') . "options=-csearch_path%3D$schema";

/** Serves an application and asks it: what it answers, a line for each request. */
function served(string $code, string $requests, string $directory): string
{
    file_put_contents("$directory/app.php", $code);
    [$process, $from] = start_command(['serve', '--port=0', '--workers=1', 'app.php'], $directory);
    $said = $answers = '';
    while (!preg_match('/listening on (http:[^,\s]+)/', $said, $found) && ($line = fgets($from)) !== false) {
        $said .= $line;
    }
    foreach ($found ? explode(', ', $requests) : [] as $request) {
        [$method, $path] = explode(' ', $request);
        $answers .= rtrim((string) file_get_contents("$found[1]$path", false, stream_context_create(['http' => ['method' => $method, 'ignore_errors' => true]])), "\n") . "\n";
    }
    proc_terminate($process);
    stream_get_contents($from);
    proc_close($process);
    return $found ? $answers : $said;
}

function without_comments(string $code): string
{
    return preg_replace('~^(?:<\?php.*|// .*|)\n~m', '', $code);
}

$applications = array_map(static fn(string $file): string => without_comments(file_get_contents($file)), glob("$root/examples/{symfony,laravel}/*.php", GLOB_BRACE));
$run = $left_out = 0;
foreach (["$root/README.md", ...glob("$root/docs/*.md")] as $page) {
    mkdir($directory);
    lyger_db_execute($server, "CREATE SCHEMA $schema");
    $text = file_get_contents($page);
    $blocks = blocks_of($text);
    if (substr_count($text, "\n```php\n") !== count($blocks) || substr_count($text, "\n```output\n") !== count(array_filter(array_column($blocks, 'output'), is_string(...)))) {
        echo basename($page), ": a block of PHP or of output that is not understood\n";
    }
    foreach ($blocks as $block) {
        $block['not_run'] === null ? $run++ : $left_out++;
        // What scripts/stress-applications serves is what the page shows, but for comments.
        if (str_contains($block['not_run'] ?? '', 'scripts/stress-applications') && !in_array(without_comments($block['code']), $applications, true)) {
            echo basename($page), ", line {$block['line']} is none of examples/\n";
        }
        if ($block['served'] !== null) {
            $answers = served(as_here($block['code'], $directory, $dsn), $block['served'], $directory);
            echo is_as_written($answers, (string) $block['output']) ? '' : basename($page) . ", line {$block['line']} answers\n$answers";
        }
    }
    $process = proc_open([...command_php(), __DIR__ . '/../inc/pages.php', $page, $directory, $dsn], [['file', '/dev/null', 'r'], ['pipe', 'w'], ['redirect', 1]], $pipes);
    echo stream_get_contents($pipes[1]);
    proc_close($process) === 0 || print(basename($page) . " did not end well\n");
    lyger_db_execute($server, "DROP SCHEMA $schema CASCADE");
    exec('rm -r ' . escapeshellarg($directory));
}
echo $run > 25 ? "examples ran\n" : "only $run examples ran, $left_out were left out\n";

// The check itself: what prints something else, or fails, is found.
foreach (["```php\necho 6 * 7;\n```\n\n```output\n42\n```\n", "```php\necho 6 * 7;\n```\n\n```output\n43\n```\n", "```php\n1 % 0;\n```\n", "```php\necho 'x';\n```\n"] as $text) {
    mkdir($directory);
    file_put_contents("$directory/page.md", "\n$text");
    $process = proc_open([...command_php(), __DIR__ . '/../inc/pages.php', "$directory/page.md", $directory, ''], [1 => ['pipe', 'w'], 2 => ['redirect', 1]], $pipes);
    echo strtr(stream_get_contents($pipes[1]), "\n", ' ') ?: 'as it says', "\n";
    proc_close($process);
    exec('rm -r ' . escapeshellarg($directory));
}
?>
--EXPECT--
examples ran
as it says
page.md, line 2 prints 42 
page.md, line 2 prints  DivisionByZeroError: Modulo by zero 
page.md, line 2 prints x 

--TEST--
An anonymous cache is made when it is first used, or before a fork, after which parent and child have the same
--EXTENSIONS--
lyger
pcntl
--SKIPIF--
<?php
if (PHP_ZTS) die('skip inapplicable: a thread-safe PHP makes the cache when it starts');
if (!is_readable('/proc/self/maps')) die('skip inapplicable: this system does not tell what is mapped');
--INI--
lyger.cache_size=7M
--FILE--
<?php
require __DIR__ . '/../inc/php.inc';

const IS_MADE = <<<'CODE'
    /** Whether this process has the segment: memory of its size that children share. */
    function is_made(): string
    {
        foreach (file('/proc/self/maps') as $line) {
            if (preg_match('/^([0-9a-f]+)-([0-9a-f]+) rw-s /', $line, $at) && hexdec($at[2]) - hexdec($at[1]) === 7 << 20) {
                return 'made';
            }
        }
        return 'not yet';
    }
    CODE;
eval(IS_MADE);

echo is_made(), "\n";
$child = pcntl_fork();
if ($child === 0) {
    lyger_cache_set('of the child', 'seen by its parent');
    exit(0);
}
pcntl_waitpid($child, $status);
echo is_made(), ', ', lyger_cache_get('of the child'), "\n";

$uses = ["lyger_cache_has('a')", "lyger_cache_get('a')", 'lyger_cache_info()', "lyger_cache_lock('a', 10)", "foreach (lyger_cache_keys('') as \$key);",
    'lyger_system_info()'];
foreach ($uses as $use) {
    echo "$use: ", run_php(IS_MADE . " echo is_made(), ', '; $use; echo is_made();", ['lyger.cache_size' => '7M']), "\n";
}
--EXPECT--
not yet
made, seen by its parent
lyger_cache_has('a'): not yet, made
lyger_cache_get('a'): not yet, made
lyger_cache_info(): not yet, made
lyger_cache_lock('a', 10): not yet, made
foreach (lyger_cache_keys('') as $key);: not yet, made
lyger_system_info(): not yet, made

--TEST--
GMP's seed, mb_ereg()'s encoding and search, errors of MySQL and intl, signals and autoloading of one request are gone in the next
--EXTENSIONS--
lyger
--SKIPIF--
<?php
require __DIR__ . '/../inc/skip_without_server.inc';
foreach (['gmp', 'intl', 'mbstring', 'mysqlnd', 'mysqli'] as $extension) {
    if (!extension_loaded($extension) && !file_exists(ini_get('extension_dir') . "/$extension.so")) {
        exit("skip inapplicable: PHP has no $extension here; scripts/test-state installs it");
    }
}
?>
--FILE--
<?php
require __DIR__ . '/../inc/server.inc';
$handler = <<<'PHP'
    if ($data['path'] === '/random') {
        gmp_random_seed(7);
        return '';
    }
    if ($data['path'] === '/set') {
        mb_regex_encoding('SJIS');
        mb_regex_set_options('ix');
        mb_ereg_search_init('state of one', 'state');
        mysqli_report(MYSQLI_REPORT_OFF);
        @mysqli_connect('127.0.0.1', 'nobody', '', '', 1);
        try {
            intl_is_failure(0) || @collator_create('no_such_locale_' . str_repeat('x', 200)) || @intlcal_create_instance('nowhere at all');
        } catch (IntlException) { // since PHP 8.5
        }
        @numfmt_create('en', 99);
        spl_autoload_extensions('.state');
        if (function_exists('pcntl_signal')) {
            pcntl_async_signals(true);
            pcntl_signal(10, function () { });
            pcntl_sigprocmask(SIG_BLOCK, [SIGUSR2]);
            pcntl_alarm(1000);
        }
        opendir(__DIR__);
    }
    try {
        $found = mb_ereg_search();
    } catch (Error $error) {
        $found = $error->getMessage();
    }
    try {
        $entry = readdir() !== false;
    } catch (Error $error) {
        $entry = $error->getMessage();
    }
    $blocked = [];
    function_exists('pcntl_signal') && pcntl_sigprocmask(SIG_BLOCK, [SIGURG], $blocked);
    $said = ['mb_ereg' => [mb_regex_encoding(), mb_regex_set_options(), $found], 'mysqli' => [mysqli_connect_errno(), mysqli_connect_error()],
        'reports' => (new mysqli_driver)->report_mode, 'intl' => [intl_get_error_code(), intl_get_error_message()], 'spl' => spl_autoload_extensions(),
        'signals' => function_exists('pcntl_signal') ? [pcntl_async_signals(), is_object(pcntl_signal_get_handler(10))] : [$data['path'] === '/set'],
        'mask' => function_exists('pcntl_signal') ? $blocked : [$data['path'] === '/set'],
        'alarm' => function_exists('pcntl_signal') ? pcntl_alarm(1000) > 0 : $data['path'] === '/set', 'directory' => $entry];
    return array_map(json_encode(...), $said) + ['random' => gmp_strval(gmp_random_bits(120))];
    PHP;
$extensions = array_filter(['gmp', 'intl', 'mbstring', 'mysqlnd', 'mysqli'], fn($name) => file_exists(ini_get('extension_dir') . "/$name.so"));
$server = new Server($handler, boot: 'mysqli_report(MYSQLI_REPORT_ERROR);', ini: ['extension' => $extensions, 'display_errors' => 0]);
$ask = fn(string $path) => json_decode($server->get($path)->body, true);
$first = $ask('/');
$set = $ask('/set');
$next = $ask('/');
foreach ($first as $name => $value) {
    if ($name !== 'random') {
        echo "$name: ", $set[$name] === $value ? 'nothing was set' : 'set, ', $next[$name] === $value ? 'and gone' : "and said in the next request: $next[$name]", "\n";
    }
}
$random = [];
for ($i = 0; $i < 2; $i++) {
    $ask('/random');
    $random[] = $ask('/')['random'];
}
var_dump($random[0] === $random[1]);
$server->stop();
?>
--EXPECT--
mb_ereg: set, and gone
mysqli: set, and gone
reports: set, and gone
intl: set, and gone
spl: set, and gone
signals: set, and gone
mask: set, and gone
alarm: set, and gone
directory: set, and gone
bool(false)

--TEST--
Whatever a request changes in PHP's settings and state is as it was booted for the next one
--EXTENSIONS--
lyger
mbstring
libxml
openssl
posix
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/server.inc';
$boot = <<<'PHP'
    ini_set('precision', '10');
    ini_set('error_reporting', (string) (E_ALL & ~E_NOTICE & ~2048));
    date_default_timezone_set('Europe/Paris');
    setlocale(LC_NUMERIC, 'C.UTF-8');
    mb_internal_encoding('ISO-8859-15');
    mb_detect_order(['UTF-8', 'ISO-8859-1']);
    putenv('BOOTED=yes');
    chdir(__DIR__);
    umask(027);
    set_error_handler(function ($level, $message) { $GLOBALS['seen'][] = "boot handler: $message"; return true; });
    set_exception_handler(function ($e) { echo 'boot exceptions: ', $e->getMessage(); });
    class Wrapper { public $context; function stream_open() { return true; } function stream_read() { return ''; } function stream_eof() { return true; } function stream_stat() { return []; } }
    class Filter extends php_user_filter { }
    stream_wrapper_register('booted', 'Wrapper');
    PHP;
$handler = <<<'PHP'
    switch ($data['path']) {
        case '/state':
            eval('declare(ticks=1) { $tick = 1; }');
            $seen = $GLOBALS['seen'] ?? [];
            $GLOBALS['seen'] = [];
            trigger_error('probe', E_USER_WARNING);
            return [
                'ini' => [ini_get('precision'), ini_get('error_reporting'), ini_get('memory_limit'), ini_get('user_agent'), error_reporting()],
                'time' => date_default_timezone_get(), 'locale' => setlocale(LC_ALL, '0'),
                'mbstring' => [mb_internal_encoding(), mb_detect_order(), mb_substitute_character(), mb_language()],
                'environment' => [getenv('BOOTED'), getenv('DIRTY'), $_SERVER['DIRTY'] ?? null], 'directory' => getcwd() === __DIR__, 'umask' => decoct(umask()),
                'handlers' => $GLOBALS['seen'], 'libxml' => [libxml_use_internal_errors(), count(libxml_get_errors())],
                'output' => [ob_get_level(), connection_status(), ignore_user_abort()], 'error' => error_get_last(), 'openssl' => openssl_error_string(), 'date' => date_get_last_errors(),
                'wrappers' => array_values(array_intersect(['booted', 'file', 'http'], stream_get_wrappers())), 'filters' => in_array('dirty.*', stream_get_filters()),
                'strtok' => strtok('/'), 'assert' => @assert_options(ASSERT_CALLBACK), 'json' => json_last_error(), 'preg' => preg_last_error(), 'ticks' => $GLOBALS['ticks'] ?? 0, 'default' => stream_context_get_options(stream_context_get_default()),
                'superglobals' => [$_GET, $_POST, $_FILES, $_COOKIE, isset($_SESSION), isset($_SERVER['MINE'])],
                'kept' => [isset($GLOBALS['global']), function_exists('kept'), defined('KEPT')],
            ];
        case '/dirty':
            ini_set('precision', '3'); ini_set('user_agent', 'dirty'); ini_set('memory_limit', '77M'); error_reporting(0);
            date_default_timezone_set('Asia/Tokyo');
            setlocale(LC_ALL, 'C');
            mb_internal_encoding('UTF-8'); mb_detect_order('ASCII'); mb_substitute_character(0x3f3f); mb_language('Japanese');
            putenv('BOOTED=no'); putenv('DIRTY=yes');
            chdir('/'); umask(0);
            set_error_handler(fn() => true); set_error_handler(fn() => true); set_exception_handler(fn() => null);
            libxml_use_internal_errors(true); libxml_set_external_entity_loader(fn() => null);
            ignore_user_abort(true); ob_start(); ob_start();
            stream_wrapper_register('dirty', 'Wrapper'); stream_wrapper_unregister('http'); stream_filter_register('dirty.*', 'Filter');
            stream_context_set_default(['http' => ['user_agent' => 'dirty']]);
            register_tick_function(function () { $GLOBALS['ticks'] = ($GLOBALS['ticks'] ?? 0) + 1; });
            strtok('left over/from before', '/');
            assert_options(ASSERT_CALLBACK, fn() => null); assert_options(ASSERT_ACTIVE, 0);
            json_decode('{'); preg_match('/(?:\D+|<\d+>)*[!?]/', 'foobar foobar foobar');
            openssl_pkey_get_private('nonsense'); date_create('nonsense');
            $_SERVER['MINE'] = $_GET['mine'] = $_SESSION['mine'] = 1;
            $global = $GLOBALS['global'] = 1;
            function_exists('kept') || eval('function kept() { } const KEPT = 1;');
            return 'dirty';
        case '/handlers away': 
            restore_error_handler(); restore_exception_handler(); stream_wrapper_unregister('booted');
            return 'away';
        case '/throw': throw new Exception('thrown');
    }
    PHP;
$server = new Server(str_replace("'/handlers away'", "'/away'", $handler), boot: $boot, extensions: ['mbstring', 'openssl', 'posix'], ini: ['display_errors' => 0]);
$before = json_decode($server->get('/state')->body, true);
$kept = array_pop($before);
echo json_encode($before, JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES), "\n";
foreach (['/dirty', '/away', '/dirty', '/throw'] as $path) {
    echo $path, ' ', $server->get($path)->body, ': ';
    $after = json_decode($server->get('/state')->body, true);
    $kept = array_pop($after);
    foreach ($after as $what => $value) {
        if ($value !== $before[$what]) {
            echo "\n  $what: ", json_encode($before[$what]), ' became ', json_encode($value);
        }
    }
    echo $after === $before ? 'as before' : '', ', kept ', json_encode($kept), "\n";
}
$server->stop();
?>
--EXPECT--
{
    "ini": [
        "10",
        "30711",
        "128M",
        "",
        30711
    ],
    "time": "Europe/Paris",
    "locale": "LC_CTYPE=C.UTF-8;LC_NUMERIC=C.UTF-8;LC_TIME=C;LC_COLLATE=C;LC_MONETARY=C;LC_MESSAGES=C;LC_PAPER=C;LC_NAME=C;LC_ADDRESS=C;LC_TELEPHONE=C;LC_MEASUREMENT=C;LC_IDENTIFICATION=C",
    "mbstring": [
        "ISO-8859-15",
        [
            "UTF-8",
            "ISO-8859-1"
        ],
        63,
        "neutral"
    ],
    "environment": [
        "yes",
        false,
        null
    ],
    "directory": true,
    "umask": "27",
    "handlers": [
        "boot handler: probe"
    ],
    "libxml": [
        false,
        0
    ],
    "output": [
        0,
        0,
        0
    ],
    "error": null,
    "openssl": false,
    "date": false,
    "wrappers": [
        "booted",
        "file",
        "http"
    ],
    "filters": false,
    "strtok": false,
    "assert": null,
    "json": 0,
    "preg": 0,
    "ticks": 0,
    "default": [],
    "superglobals": [
        [],
        [],
        [],
        [],
        false,
        false
    ]
}
/dirty dirty: as before, kept [true,true,true]
/away away: as before, kept [true,true,true]
/dirty dirty: as before, kept [true,true,true]
/throw boot exceptions: thrown: as before, kept [true,true,true]

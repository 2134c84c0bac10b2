<?php

/*
 * What PHP's functions can set, and what they then say: an application of two requests. The first calls some functions
 * with arguments made from their signatures, the second asks every function that can be asked, each of which must
 * say what it says in a fresh process. Runs under lyger (state_server.php) and PHP-FPM (as a script of its own).
 *
 * Neither list is by hand: they are what reflection finds in the extensions that are loaded. By hand is only what is
 * left out, and why.
 */

// Names as patterns of what is not called at all.
const STATE_LEFT_OUT = [
    'ends or replaces the process, or another' => 'exit|die|pcntl_(fork|rfork|exec|unshare|wait.*|forkx|setpriority|sig(waitinfo|timedwait))|posix_(kill|set.*|initgroups)|proc_nice|chroot|dl',
    'waits' => '.*sleep.*|readline|readline_callback_(read_char|handler_install)|stream_select|stream_socket_(accept|recvfrom)|socket_(accept|recv.*|read|select)|msg_receive|sem_acquire|flock|fgets|fgetc',
    'runs programs' => 'exec|shell_exec|system|passthru|popen|proc_.*|mail|mb_send_mail|imap_mail',
    'asks the network' => 'dns_.*|gethost.*|checkdnsrr|getmxrr|p?fsockopen|stream_socket_(client|server)|ftp_.*|imap_(open|timeout)|snmp(2|3)?_?(get|walk|real|set$).*|socket_(bind|connect|listen|create_listen|addrinfo.*)|ldap_connect|soap.*',
    'leaves something in the kernel or the file system' => 'msg_(get|remove).*|sem_.*|shm.*|posix_mk.*|ftok|unlink|rmdir|rename|mkdir|link|symlink|tempnam|tmpfile|touch|chmod|ch(own|grp)|lch.*|copy|file_put_contents|move_uploaded_file|dba_.*|imagegd.*|image(png|jpeg|gif|webp|bmp|wbmp|xbm|avif)',
    'is the whole machine\'s, or all processes\'' => 'sys_getloadavg|pcntl_getcpu|realpath_cache_.*|time|localtime|getdate|disk_.*|get_resources|getrusage|gc_.*|opcache_.*|apcu?_.*|lyger_.*|xdebug_.*|cli_set_process_title|setproctitle|redis.*|fpm_.*|sapi_windows.*',
    'ends the answer' => 'fastcgi_finish_request|litespeed.*|apache_.*|header_register_callback|ob_.*|output_.*|flush',
    'takes long' => 'openssl_.*key.*|openssl_(pkey|csr)_new|sodium_crypto_pwhash.*|password_hash|Transliterator::listIDs|timezone_abbreviations_list|DateTimeZone::listAbbreviations',
    'prints pages' => 'phpinfo|phpcredits|highlight.*|show_source|php_strip_whitespace|debug_.*|var_dump|readfile',
];

// What looks as if it set something, when not all functions are to be called.
const STATE_SETTERS = '/set|encoding|option|seed|srand|regist|locale|handler|domain|init|enable|disable|use_|report|default|start|begin|connect|search|parse|decode|ctl|mask|alarm|extensions|context|error|chdir|umask|env|strtok|opendir|openlog|filter|assert|order|charset|language|output|compile|scale|create|match|ereg|last|signal|async|history|completion/i';
// What looks as if it told something and needs arguments.
const STATE_GETTERS = '/get|info|last|error|list|rand|seed|status|option|default|handler|next|current|locale|strtok|encoding/i';

function state_left_out(string $name): bool
{
    static $pattern;
    $pattern ??= '/^(' . implode('|', STATE_LEFT_OUT) . ')$/i';
    return (bool) preg_match($pattern, $name);
}

/** Why => the functions that are there and are not called for it. */
function state_what_is_left_out(): array
{
    $left = [];
    foreach (get_defined_functions()['internal'] as $name) {
        foreach (STATE_LEFT_OUT as $why => $pattern) {
            if (preg_match("/^($pattern)$/i", $name)) {
                $left[$why][] = $name;
                break;
            }
        }
    }
    return $left;
}

class StateWrapper
{
    public $context;
}

class StateFilter extends php_user_filter
{
}

/** Values for a parameter, several where one of them may be refused. */
function state_values(ReflectionParameter $parameter): array
{
    $name = $parameter->getName();
    $type = ltrim((string) $parameter->getType(), '?');
    $types = explode('|', $type);
    $callback = static function () { return true; };
    switch (true) {
        case in_array('callable', $types, true) || (bool) preg_match('/callback|handler$/', $name) && !in_array('string', $types, true) && !in_array('int', $types, true):
            return [$callback];
        case in_array('string', $types, true):
            return match (true) {
                (bool) preg_match('/host/', $name) => ['127.0.0.1'], // any other may take its time to be unknown
                (bool) preg_match('/encoding|charset|codepage/', $name) => ['SJIS', 'ISO-8859-1'],
                (bool) preg_match('/locale/', $name) => ['fr_FR', 'C.UTF-8'],
                (bool) preg_match('/class/', $name) => ['StateWrapper', 'StateFilter'],
                (bool) preg_match('/extensions/', $name) => ['.state'],
                (bool) preg_match('/timezone/i', $name) => ['Asia/Tokyo'],
                (bool) preg_match('/directory|path|folder/', $name) => [state_directory()],
                (bool) preg_match('/file/', $name) => [state_directory() . '/state'],
                (bool) preg_match('/option/', $name) && !in_array('array', $types, true) => ['x', 'ix', 'precision'],
                $name === 'assignment' => ['STATE=set'],
                $name === 'json' => ['{'],
                default => ['state', '1', '/state/', 'Japanese', 'UTF-8'],
            };
        case in_array('int', $types, true) || in_array('float', $types, true):
            return preg_match('/signal/', $name) ? [10] /* SIGUSR1 */ : [3, 1, 0];
        case in_array('bool', $types, true) || $type === 'true' || $type === 'false':
            return [true, false];
        case in_array('array', $types, true) || in_array('iterable', $types, true):
            return [['UTF-8'], ['state' => ['state' => 1]], [10]];
        case $type === 'mixed' && $name === 'value':
            return [1, 'state'];
        case $type === '' || $type === 'mixed':
            return match (true) {
                (bool) preg_match('/context/', $name) => [stream_context_create()],
                (bool) preg_match('/stream|handle|fp/', $name) => [fopen('php://memory', 'r+')],
                default => ['state', 1, [1]],
            };
        case $type === 'object':
            return [new StateWrapper];
        case class_exists($type) && (new ReflectionClass($type))->isInstantiable():
            $maker = (new ReflectionClass($type))->getConstructor();
            return $maker && $maker->getNumberOfRequiredParameters() > 0 ? [] : [new $type];
    }
    return [];
}

function state_directory(): string
{
    return getenv('STATE_DIRECTORY') ?: sys_get_temp_dir();
}

/** Every function and static method of PHP's own that is not left out, by name. */
function state_functions(): array
{
    static $all = [];
    if ($all) {
        return $all;
    }
    foreach (get_defined_functions()['internal'] as $name) {
        if (!state_left_out($name)) {
            $all[$name] = new ReflectionFunction($name);
        }
    }
    foreach (get_declared_classes() as $class) {
        $reflection = new ReflectionClass($class);
        foreach ($reflection->isInternal() && !preg_match('/^(lyger|xdebug|redis|apcu)/i', $class) ? $reflection->getMethods(ReflectionMethod::IS_STATIC) : [] as $method) {
            if ($method->isPublic() && !$method->isAbstract() && $method->class === $class) {
                $all["$class::$method->name"] = $method;
            }
        }
    }
    unset($all['Phar::interceptFileFuncs'], $all['Phar::webPhar'], $all['Phar::mungServer'], $all['FFI::load'], $all['FFI::scope']);
    ksort($all);
    return $all = array_filter($all, static fn($function) => !$function->isDeprecated());
}

/** What is called to set something: [name, variant], where a variant is which of the values, and how many arguments. */
function state_calls(bool $all): array
{
    $calls = [];
    foreach (state_functions() as $name => $function) {
        if (!$all && !preg_match(STATE_SETTERS, $name)) {
            continue;
        }
        for ($variant = 0; $variant < 5; $variant++) {
            for ($count = max(1, $function->getNumberOfRequiredParameters()), $n = 0; $count <= $function->getNumberOfParameters() && $n < 3; $count++, $n++) {
                if (state_arguments($function, $variant, $count) !== null) {
                    $calls[] = [$name, $variant, $count];
                }
            }
        }
        $function->getNumberOfRequiredParameters() > 0 || $calls[] = [$name, 0, 0];
    }
    return $calls;
}

/** Arguments, or null where there are none. */
function state_arguments(ReflectionFunctionAbstract $function, int $variant, int $count): ?array
{
    $arguments = [];
    $differs = $variant === 0 || $count === 0;
    foreach (array_slice($function->getParameters(), 0, $count) as $parameter) {
        try {
            $values = state_values($parameter);
        } catch (Throwable) { // an object that only its own functions make
            $values = [];
        }
        if (!$values) {
            return null;
        }
        $differs = $differs || count($values) > $variant;
        $arguments[] = $values[$variant % count($values)];
    }
    return $differs ? $arguments : null; // a variant that another one was already
}

function state_invoke(ReflectionFunctionAbstract $function, array $arguments): mixed
{
    // References want variables; Closure calls leave no frame of reflection.
    $references = [];
    foreach (array_keys($arguments) as $i) {
        $references[$i] = &$arguments[$i];
    }
    return $function instanceof ReflectionMethod ? $function->invokeArgs(null, $references) : $function->invokeArgs($references);
}

/** Calls these; returns how many could be. */
function state_set(array $calls): int
{
    $functions = state_functions();
    $done = 0;
    foreach ($calls as [$name, $variant, $count]) {
        try {
            $arguments = state_arguments($functions[$name], $variant, $count);
            if ($arguments !== null) {
                $GLOBALS['state_kept'] = null; // handles are the application's, and this one keeps none
                @state_invoke($functions[$name], $arguments);
                $done++;
            }
        } catch (Throwable) {
            $done++;
        }
    }
    return $done;
}

function state_text(mixed $value): string
{
    if (is_resource($value)) {
        return 'resource of ' . get_resource_type($value);
    }
    if ($value instanceof Closure) {
        return 'Closure';
    }
    if (is_object($value)) {
        return get_class($value) . ' ' . state_text(get_mangled_object_vars($value));
    }
    if (is_array($value)) {
        $texts = [];
        foreach (array_slice($value, 0, 2000, true) as $key => $element) {
            $texts[] = "$key:" . (is_array($element) || is_object($element) ? md5(state_text_of_nested($element)) : state_text($element));
        }
        return '[' . implode(',', $texts) . ']';
    }
    return is_string($value) ? $value : json_encode($value, JSON_PARTIAL_OUTPUT_ON_ERROR);
}

function state_text_of_nested(mixed $value): string
{
    ob_start();
    @var_dump($value);
    return preg_replace('/#\d+ \(|resource\(\d+\)/', '', ob_get_clean());
}

/** What every function says that can be asked: name => the beginning of it and a sum. */
function state_get(): array
{
    $answers = ['ini' => state_text(ini_get_all(null, false)), 'error_get_last' => state_text(error_get_last()), 'cwd' => getcwd()];
    foreach (state_functions() as $name => $function) {
        $required = $function->getNumberOfRequiredParameters();
        if ($required > 2 || ($required > 0 && (!preg_match(STATE_GETTERS, $name) || preg_match('/file|stat|size/i', $name)))) { // files are the disk's
            continue;
        }
        $arguments = state_arguments($function, 0, $required);
        if ($arguments === null) {
            continue;
        }
        $level = ob_get_level();
        ob_start();
        try {
            $text = state_text(@state_invoke($function, $arguments));
        } catch (Throwable $thrown) {
            $text = get_class($thrown) . ': ' . $thrown->getMessage();
        }
        while (ob_get_level() > $level) {
            ob_end_clean();
        }
        $answers[$name] = $text;
    }
    return array_map(static fn($text) => substr(preg_replace('/[^ -~]/', '.', $text), 0, 70) . ' #' . substr(md5($text), 0, 8), $answers);
}

function state_answer(array $query): string
{
    chdir(state_directory());
    if (isset($query['set'])) {
        $calls = state_calls((bool) ($query['all'] ?? false));
        return (string) state_set(array_map(static fn($i) => $calls[$i], explode(',', $query['set'])));
    }
    if (isset($query['calls'])) {
        return json_encode(state_calls((bool) ($query['all'] ?? false)));
    }
    return json_encode(isset($query['left']) ? state_what_is_left_out() : state_get());
}

if (PHP_SAPI === 'fpm-fcgi') {
    $state_answer = state_answer($_GET);
    while (ob_get_level()) {
        ob_end_clean();
    }
    echo $state_answer;
}

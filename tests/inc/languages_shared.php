<?php

/**
 * Processes of several languages on one segment, some killed in the middle (SIGKILL): each adds one to "all" and then to a counter of
 * its own, and reads and writes a text that is one letter repeated; PHP writes an array, too, which the others read as JSON. A kill between the two additions leaves a difference of one, so
 * that "all" is the sum of the others and at most one more for each kill; no text is ever a mixture.
 *
 *     php languages_shared.php SECONDS MODULES
 *
 * Prints "ok …" or "not ok …" for each language, and for the sum.
 */

declare(strict_types=1);

[, $seconds, $modules] = $argv;
$path = tempnam(sys_get_temp_dir(), 'lyger-languages-');
unlink($path);
$environment = ['LYGER_CACHE_PATH' => $path, 'LYGER_CACHE_SIZE' => '4M', 'LD_LIBRARY_PATH' => $modules, 'LYGER_HEADER' => dirname(__DIR__, 2) . '/ext/abi/lyger.h',
    'NODE_PATH' => dirname(__DIR__, 2) . '/build/languages/node_modules'] + getenv();

// Each is given its name, and runs until it is killed, or until its input ends; then it prints how many texts it has read, and ends
// with status 3 when one was a mixture.
$programs = [
    'php-native' => [['php', '-n', '-d', "extension=$modules/lyger.so", '-d', "lyger.cache_path=$path", '-d', 'lyger.cache_size=4M', '-r'], <<<'PHP'
        stream_set_blocking(STDIN, false);
        for ($reads = 0; !feof(STDIN); $reads++) {
            lyger_cache_increment('all');
            lyger_cache_increment($argv[1]);
            lyger_cache_set('text', str_repeat(chr(97 + $reads % 26), 5000 + $reads % 3000));
            lyger_cache_set('array', ['text' => str_repeat(chr(97 + $reads % 26), $reads % 300), 'list' => [$reads % 300, chr(97 + $reads % 26)]]);
            $text = lyger_cache_get('text');
            if ($text !== str_repeat($text[0], strlen($text))) {
                exit(3);
            }
            fread(STDIN, 1);
        }
        echo $reads;
        PHP],
    'php-ffi' => [['php', '-n', '-d', 'extension=ffi', '-d', 'ffi.enable=1', '-r'], <<<'PHP'
        $ffi = FFI::cdef(file_get_contents(getenv('LYGER_HEADER')), 'liblyger.so');
        $sum = $ffi->new('long long');
        [$json, $length] = [$ffi->new('char *'), $ffi->new('size_t')];
        $buffer = $ffi->new('char[8192]');
        stream_set_blocking(STDIN, false);
        for ($reads = 0; !feof(STDIN); $reads++) {
            $ffi->lyger_ffi_cache_add_integer('all', 3, 1, 0, FFI::addr($sum));
            $ffi->lyger_ffi_cache_add_integer($argv[1], strlen($argv[1]), 1, 0, FFI::addr($sum));
            $text = str_repeat(chr(97 + $reads % 26), 5000 + $reads % 3000);
            $ffi->lyger_ffi_cache_store('text', 4, 4, $text, strlen($text), 0);
            $text = FFI::string($buffer, $ffi->lyger_ffi_cache_get_into('text', 4, $buffer, 8192));
            if ($text !== str_repeat($text[0], strlen($text))) {
                exit(3);
            }
            if ($ffi->lyger_ffi_cache_get_json('array', 5, FFI::addr($json), FFI::addr($length)) === 1) {
                $array = json_decode(FFI::string($json, $length->cdata));
                $ffi->lyger_free_string($json);
                if ($array->text !== str_repeat($array->list[1], $array->list[0])) {
                    exit(3);
                }
            }
            fread(STDIN, 1);
        }
        echo $reads;
        PHP],
    'python' => [['/usr/bin/python3', '-c'], <<<'PYTHON'
        import ctypes, json, select, sys
        lib = ctypes.CDLL("liblyger.so")
        lib.lyger_ffi_cache_get_into.restype = ctypes.c_longlong
        add, name, sum, buffer = lib.lyger_ffi_cache_add_integer, sys.argv[1].encode(), ctypes.c_longlong(), ctypes.create_string_buffer(8192)
        add.argtypes = [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_longlong, ctypes.c_ulong, ctypes.c_void_p]
        array, length = ctypes.c_void_p(), ctypes.c_size_t()
        lib.lyger_free_string.argtypes = [ctypes.c_void_p]
        reads = 0
        while not select.select([sys.stdin], [], [], 0)[0]:
            add(b"all", 3, 1, 0, ctypes.byref(sum))
            add(name, len(name), 1, 0, ctypes.byref(sum))
            size = 5000 + reads % 3000
            lib.lyger_ffi_cache_store(b"text", ctypes.c_size_t(4), 4, bytes([97 + reads % 26]) * size, ctypes.c_size_t(size), ctypes.c_ulong(0))
            text = ctypes.string_at(buffer, lib.lyger_ffi_cache_get_into(b"text", ctypes.c_size_t(4), buffer, ctypes.c_size_t(8192)))
            if text != text[:1] * len(text):
                sys.exit(3)
            if lib.lyger_ffi_cache_get_json(b"array", ctypes.c_size_t(5), ctypes.byref(array), ctypes.byref(length)) == 1:
                value = json.loads(ctypes.string_at(array, length.value))
                lib.lyger_free_string(array)
                if value["text"] != value["list"][1] * value["list"][0]:
                    sys.exit(3)
            reads += 1
        print(reads, end="")
        PYTHON],
    'ruby' => [['ruby', '-e'], <<<'RUBY'
        require 'ffi'
        require 'io/wait'
        require 'json'
        module Lib
          extend FFI::Library
          ffi_lib 'liblyger.so'
          attach_function :lyger_ffi_cache_add_integer, %i[string size_t long_long ulong pointer], :int
          attach_function :lyger_ffi_cache_store, %i[string size_t int string size_t ulong], :int
          attach_function :lyger_ffi_cache_get_into, %i[string size_t pointer size_t], :long_long
          attach_function :lyger_ffi_cache_get_json, %i[string size_t pointer pointer], :int
          attach_function :lyger_free_string, %i[pointer], :void
        end
        json = FFI::MemoryPointer.new(:pointer)
        length = FFI::MemoryPointer.new(:size_t)
        sum = FFI::MemoryPointer.new(:long_long)
        buffer = FFI::MemoryPointer.new(:char, 8192)
        name = ARGV[0]
        reads = 0
        until $stdin.wait_readable(0)
          Lib.lyger_ffi_cache_add_integer('all', 3, 1, 0, sum)
          Lib.lyger_ffi_cache_add_integer(name, name.bytesize, 1, 0, sum)
          text = (97 + reads % 26).chr * (5000 + reads % 3000)
          Lib.lyger_ffi_cache_store('text', 4, 4, text, text.bytesize, 0)
          text = buffer.read_bytes(Lib.lyger_ffi_cache_get_into('text', 4, buffer, 8192))
          exit 3 if text != text[0] * text.bytesize
          if Lib.lyger_ffi_cache_get_json('array', 5, json, length) == 1
            value = JSON.parse(json.read_pointer.read_bytes(length.read(:size_t)))
            Lib.lyger_free_string(json.read_pointer)
            exit 3 if value['text'] != value['list'][1] * value['list'][0]
          end
          reads += 1
        end
        print reads
        RUBY],
    'node' => [['node', '-e'], <<<'JS'
        const koffi = require('koffi');
        const lib = koffi.load('liblyger.so');
        const add = lib.func('int lyger_ffi_cache_add_integer(const char *key, size_t key_len, int64_t by, unsigned long ttl, _Out_ int64_t *result)');
        const store = lib.func('int lyger_ffi_cache_store(const char *key, size_t key_len, int type, const char *value, size_t value_len, unsigned long ttl)');
        const getInto = lib.func('int64_t lyger_ffi_cache_get_into(const char *key, size_t key_len, void *buffer, size_t size)');
        const getJson = lib.func('int lyger_ffi_cache_get_json(const char *key, size_t key_len, _Out_ void **json, _Out_ size_t *json_len)');
        const free = lib.func('void lyger_free_string(void *string)');
        const json = [null], length = [0];
        const name = process.argv[1], sum = [0], buffer = Buffer.alloc(8192);
        let reads = 0, ended = false;
        process.stdin.on('end', () => { ended = true; }).resume();
        (function step() {
            for (let i = 0; i < 100; i++) {
                add('all', 3, 1, 0, sum);
                add(name, name.length, 1, 0, sum);
                const size = 5000 + reads % 3000;
                store('text', 4, 4, String.fromCharCode(97 + reads % 26).repeat(size), size, 0);
                const text = buffer.latin1Slice(0, getInto('text', 4, buffer, 8192));
                if (text !== text[0].repeat(text.length)) process.exit(3);
                if (getJson('array', 5, json, length) === 1) {
                    const value = JSON.parse(koffi.decode(json[0], 'char', Number(length[0])));
                    free(json[0]);
                    if (value.text !== value.list[1].repeat(value.list[0])) process.exit(3);
                }
                reads++;
            }
            if (ended) process.stdout.write(String(reads)); else setImmediate(step);
        })();
        JS],
];

$start = static function (string $name) use ($programs, $environment): array {
    [$command, $code] = $programs[$name];
    $process = proc_open([...$command, $code, ...($command[0] === 'php' ? ['--'] : []), $name], [['pipe', 'r'], ['pipe', 'w'], STDERR], $pipes, null, $environment);
    return [$process, $pipes, $name];
};
$there = static fn(string $test): bool => trim((string) shell_exec("$test >/dev/null 2>&1 && echo yes")) === 'yes';
foreach (['ruby' => "ruby -e \"require 'ffi'\"", 'node' => "NODE_PATH={$environment['NODE_PATH']} node -e \"require('koffi')\""] as $name => $test) {
    if (!$there($test)) {
        unset($programs[$name]);
        echo "left out one cache with $name: it or its FFI is not there\n";
    }
}
$running = array_map($start, array_keys($programs));
$kills = 0;
$failed = [];
for ($end = hrtime(true) + 1e9 * (float) $seconds; hrtime(true) < $end;) {
    usleep(random_int(20_000, 120_000));
    $victim = random_int(0, count($running) - 1);
    [$process, $pipes, $name] = $running[$victim];
    $status = proc_get_status($process);
    if (!$status['running'] && $status['exitcode'] === 3) {
        $failed[$name] = 'a text was a mixture';
    } elseif (!$status['running']) {
        $failed[$name] = "ended with status {$status['exitcode']}";
    }
    proc_terminate($process, SIGKILL);
    array_map(fclose(...), $pipes);
    proc_close($process);
    $kills++;
    $running[$victim] = $start($name);
}
$read = static fn(string $key): int => (int) shell_exec('php -n -d extension=' . escapeshellarg("$modules/lyger.so") . ' -d lyger.cache_path=' . escapeshellarg($path)
    . ' -d lyger.cache_size=4M -r ' . escapeshellarg("echo lyger_cache_get('$key', 0);"));
$before = array_combine(array_keys($programs), array_map($read, array_keys($programs)));
for ($end = hrtime(true) + 60e9; hrtime(true) < $end; usleep(50_000)) { // until each has counted once more
    if (!array_filter($before, static fn(int $count, string $name): bool => $read($name) <= $count, ARRAY_FILTER_USE_BOTH)) {
        break;
    }
}
foreach ($running as [$process, $pipes, $name]) {
    fclose($pipes[0]);
    $reads = stream_get_contents($pipes[1]);
    $status = proc_close($process);
    if ($status !== 0 || $read($name) <= $before[$name]) {
        $failed[$name] ??= "status $status after $reads texts";
    }
}
foreach ($programs as $name => $_) {
    echo isset($failed[$name]) ? "not ok $name on the shared segment: {$failed[$name]}\n" : "ok $name on the shared segment\n";
}
$counters = array_combine(array_keys($programs), array_map($read, array_keys($programs)));
$all = $read('all');
$own = array_sum($counters);
printf("%s %d additions of %d languages (%s), %d processes killed: the sum is right to %d\n", $all >= $own && $all - $own <= $kills && min($counters) > 0 ? 'ok' : 'not ok', $all,
    count($counters), implode(', ', array_map(static fn(string $name, int $count): string => "$name $count", array_keys($counters), $counters)), $kills, $all - $own);
unlink($path);

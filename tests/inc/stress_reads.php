<?php
/*
 * Reads of the cache through the native door at full speed, in two processes, while two others overwrite, delete, evict and
 * are killed. With the extensions lyger, pcntl and posix: php stress_reads.php KIND SECONDS, where KIND is string (of 32 and 200 bytes),
 * array (copied; lyger.cache_zero_copy=0) or in-place (lyger.cache_zero_copy=1).
 *
 * Every key has its own values, which are all known, so one that is of another key or of two writes is noticed. Ends with
 * "N reads, N foreign, N missed, N written, N evicted, N writers killed", after the first foreign values.
 */
const READERS = 2;
const WRITERS = 2;
const KEYS = 8;
const VALUES = 128;
const LENGTHS = [32, 200];

[, $kind, $seconds] = $argv;
$end = hrtime(true) + (int) ($seconds * 1e9);
if ((bool) ini_get('lyger.cache_zero_copy') !== ($kind === 'in-place')) {
    exit("lyger.cache_zero_copy does not fit\n");
}
set_error_handler(static fn(int $level, string $message) => throw new ErrorException($message, 0, $level));

/** A value that says whose it is and which in every part of it. */
function value_of(string $kind, int $key, int $number): string|array
{
    $part = sprintf('%c%03d%04x', 65 + $key, $number, $number * 479 & 0xFFFF);
    $text = str_repeat($part, LENGTHS[$key & 1] / 8);
    return match ($kind) {
        'string' => $text,
        default => ['number' => $number, 'text' => $text, 'list' => array_fill(0, 4 + $number % 9, $number), $part => [$key => $part]],
    };
}

$keys = $values = $known = [];
for ($key = 0; $key < KEYS; $key++) {
    $keys[] = $name = "key$key";
    for ($number = 0; $number < VALUES; $number++) {
        $values[$name][$number] = $value = value_of($kind, $key, $number);
        if ($kind === 'string') {
            $known[$value] = $name;
        }
    }
}

$is_known = $kind === 'string'
    ? static fn(string $key, mixed $value): bool => is_string($value) && ($known[$value] ?? null) === $key
    : static fn(string $key, mixed $value): bool => is_array($value) && ($values[$key][$value['number'] ?? -1] ?? null) === $value;

$write = static function () use ($keys, $values, $end): never {
    mt_srand(getmypid());
    for ($i = 1; $i % 256 || hrtime(true) < $end + 10_000_000_000; $i++) { // it ends by itself when its parent dies
        $key = $keys[mt_rand(0, KEYS - 1)];
        $value = $values[$key][mt_rand(0, VALUES - 1)];
        if ($i % 16 === 0) {
            lyger_cache_delete($key);
        }
        lyger_cache_set($key, $value, $i % 5 === 0 ? 3600 : 0);
        if ($i % 32 === 0) { // which evicts, and moves what stays
            lyger_cache_set('other' . mt_rand(0, 4000), str_repeat('-', 30 + mt_rand(0, 1500)));
        }
    }
    exit(1);
};

/** One round of reads: how many hits, and which values are foreign. */
$rounds = [
    'string' => static function () use ($keys, $known): array {
        $foreign = [];
        $hits = 0;
        for ($i = 0; $i < 500; $i++) {
            foreach (lyger_cache_get_batch($keys) as $key => $value) {
                if ($value !== null) {
                    $hits++;
                    if (($known[$value] ?? null) !== $key) {
                        $foreign[] = [$key, $value];
                    }
                }
            }
            foreach ($keys as $key) {
                $value = lyger_cache_get($key);
                if ($value !== '') {
                    $hits++;
                    if (($known[$value] ?? null) !== $key) {
                        $foreign[] = [$key, $value];
                    }
                }
            }
        }
        return [$hits, $foreign];
    },
    'array' => static function () use ($keys, $is_known): array {
        $foreign = [];
        $hits = 0;
        for ($i = 0; $i < 500; $i++) {
            foreach (lyger_cache_get_batch($keys) as $key => $batched) {
                // Both are held for a while: what is in place stays what it is, whatever is written meanwhile.
                foreach ([lyger_cache_get($key, null), $batched] as $value) {
                    if ($value !== null) {
                        $hits++;
                        if (!$is_known($key, $value)) {
                            $foreign[] = [$key, $value];
                        }
                    }
                }
            }
        }
        return [$hits, $foreign];
    },
];
$round = $rounds[$kind] ?? $rounds['array'];

$read = static function ($pipe) use ($round, $end): never {
    $reads = $hits = $count = 0;
    $shown = [];
    while (hrtime(true) < $end) {
        try {
            [$more, $foreign] = $round();
        } catch (Throwable $thrown) {
            [$more, $foreign] = [0, [[get_class($thrown), $thrown->getMessage()]]];
        }
        $reads += 2 * 500 * KEYS;
        $hits += $more;
        $count += count($foreign);
        $shown = array_slice([...$shown, ...$foreign], 0, 3);
    }
    fwrite($pipe, json_encode([$reads, $hits, $count, $shown], JSON_INVALID_UTF8_SUBSTITUTE));
    fclose($pipe);
    exit(0);
};

$start = static function (callable $work, ...$arguments): int {
    $pid = pcntl_fork();
    if ($pid === 0) {
        $work(...$arguments);
    }
    return $pid;
};
$kill = static function (int $pid): void {
    posix_kill($pid, SIGKILL);
    pcntl_waitpid($pid, $status);
};

for ($i = 0; $i < 4000; $i++) { // nothing is free
    lyger_cache_set("other$i", str_repeat('-', 1000));
}
foreach ($keys as $key) { // before anybody reads
    lyger_cache_set($key, $values[$key][0]);
}
$pipes = $readers = $writers = [];
for ($i = 0; $i < READERS; $i++) {
    $pair = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
    $readers[] = $start($read, $pair[1]);
    fclose($pair[1]);
    $pipes[] = $pair[0];
}
for ($i = 0; $i < WRITERS; $i++) {
    $writers[] = $start($write);
}
for ($kills = 0; hrtime(true) < $end; $kills++) {
    usleep(20_000 + $kills * 7_000 % 60_000);
    $kill($writers[$kills % WRITERS]);
    $writers[$kills % WRITERS] = $start($write);
}
array_map($kill, $writers);
[$reads, $hits, $foreign] = [0, 0, 0];
foreach ($pipes as $i => $pipe) {
    [$its_reads, $its_hits, $its_foreign, $shown] = json_decode(stream_get_contents($pipe), true) ?? [0, 0, 1, ['a reader died']];
    [$reads, $hits, $foreign] = [$reads + $its_reads, $hits + $its_hits, $foreign + $its_foreign];
    foreach ($shown as $one) {
        echo 'foreign: ', json_encode($one), "\n";
    }
    pcntl_waitpid($readers[$i], $status);
}
['sets' => $sets, 'evictions' => $evictions] = lyger_cache_info();
echo "$reads reads, $foreign foreign, ", $reads - $hits, " missed, $sets written, $evictions evicted, $kills writers killed\n";

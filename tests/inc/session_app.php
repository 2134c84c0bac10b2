<?php
/* What the requests of tests/sessions do; answer() is what one says. */

/** Waits until it is true; false after a minute. */
function comes(callable $holds): bool
{
    for ($end = hrtime(true) + 60_000_000_000; !$holds(); usleep(1000)) {
        if (hrtime(true) > $end) {
            return false;
        }
    }
    return true;
}

function begin(string $id): void
{
    session_id($id);
    session_start();
}

function answer(string $do): string
{
    switch ($do) {
        case 'count': // written when the request ends
            begin('counter');
            $n = $_SESSION['n'] ?? 0;
            usleep(mt_rand(0, 500));
            return (string) ($_SESSION['n'] = $n + 1);
        case 'hold': // asked again when the worker was killed
            if (lyger_cache_has('holder')) {
                return 'again';
            }
            begin('held');
            $_SESSION['by'] = 'the holder';
            lyger_cache_set('holder', getmypid());
            return comes(fn() => lyger_cache_has('go')) ? 'let go' : 'held';
        case 'holder':
            return (string) lyger_cache_get('holder');
        case 'take':
            begin('held');
            return 'taken ' . json_encode($_SESSION);
        case 'meet': // two requests of one session side by side
            begin('early');
            session_write_close();
            lyger_cache_increment('met');
            return comes(fn() => lyger_cache_get('met') >= 2) ? 'met' : 'alone';
        case 'meet reading':
            session_id('early');
            session_start(['read_and_close' => true]);
            lyger_cache_increment('met reading');
            return comes(fn() => lyger_cache_get('met reading') >= 2) ? 'met' : 'alone';
        case 'give up':
            ini_set('lyger.session_wait', '1');
            session_id('held');
            set_error_handler(function (int $level, string $message) use (&$warnings): bool {
                $warnings[] = $message;
                return true;
            });
            return json_encode([session_start(), $warnings[0] ?? null, session_status() === PHP_SESSION_NONE]);
        case 'look':
            begin('ends');
            return (string) ($_SESSION['n'] ?? 0);
        default:
            begin('ends');
            $_SESSION['n'] = ($_SESSION['n'] ?? 0) + 1;
            match ($do) {
                'exit' => exit('exited'),
                'throw' => throw new Exception('thrown'),
                'fatal' => undefined_function(),
                'memory' => str_repeat('x', PHP_INT_MAX >> 8),
                'time' => (function (): void { set_time_limit(1); for (;;) { } })(),
                'regenerate' => session_regenerate_id(),
                'abort' => session_abort(),
                'handler' => session_set_save_handler(new class extends SessionHandler { }),
            };
            return $do;
    }
}

--TEST--
A session lives for session.gc_maxlifetime after it was written or touched, in every request's own time; reading it is no use
--EXTENSIONS--
lyger
session
--INI--
session.save_handler=lyger
session.use_cookies=0
session.cache_limiter=
--FILE--
<?php
ob_start();
const LIFE = 3; // seconds

function open(string $id): array
{
    session_id($id);
    session_start();
    return $_SESSION;
}

function write(string $id, int $life): void
{
    ini_set('session.gc_maxlifetime', (string) $life);
    open($id);
    $_SESSION = ['made' => true];
    session_write_close();
}

/* Whether it is there after so many seconds of life in which $use was done twice; null when this process was too slow to tell. */
function lives(string $id, callable $use): ?bool
{
    write($id, LIFE);
    $last = hrtime(true);
    foreach ([1, 2] as $_) {
        usleep((LIFE * 1_000_000) * 2 / 3);
        if (hrtime(true) - $last > (LIFE - 0.5) * 1e9) {
            return null;
        }
        $last = hrtime(true);
        $use($id);
    }
    $there = open($id) !== [];
    session_abort();
    return hrtime(true) - $last > 1e9 ? null : $there;
}

$uses = [
    'unchanged' => function (string $id): void { open($id); session_write_close(); },
    'changed' => function (string $id): void { open($id); $_SESSION['n'] = mt_rand(); session_write_close(); },
    'read' => function (string $id): void { session_id($id); session_start(['read_and_close' => true]); },
    'aborted' => function (string $id): void { open($id); $_SESSION['n'] = 1; session_abort(); },
];
foreach ($uses as $name => $use) {
    for ($try = 0; ($there = lives(str_replace(' ', '-', "$name-$try"), $use)) === null && $try < 20; $try++) {
    }
    echo "$name: ", json_encode($there), "\n";
}

// Its time is over while a request has it, which changes nothing in it: it is written.
write('over', 1);
open('over');
usleep(1_200_000);
ini_set('session.gc_maxlifetime', '1'); // refused: a session is active
session_write_close();
echo 'over in a request: ', json_encode(open('over')), "\n";
session_abort();

// No time is the least there is, and not for ever; so is one that is none.
foreach ([0, -5] as $life) {
    write("short$life", $life);
    usleep(1_300_000);
    echo "$life: ", json_encode(open("short$life")), "\n";
    session_abort();
}
// More than there is room for is the most.
write('long', PHP_INT_MAX);
echo 'long: ', json_encode(open('long')), "\n";
session_abort();
?>
--EXPECTF--
unchanged: true
changed: true
read: false
aborted: false

Warning: ini_set(): Session ini settings cannot be changed when a session is active%S in %s on line %d
over in a request: {"made":true}
0: []
-5: []
long: {"made":true}

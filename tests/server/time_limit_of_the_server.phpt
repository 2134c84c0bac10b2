--TEST--
Server: request_timeout ends what makes no progress and says so; output is progress, set_time_limit() asks for more time, work after the answer has a limit too
--EXTENSIONS--
lyger
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/server.inc';
$server = new Server(<<<'PHP'
    switch ($uri) {
        case '/drip':
            for ($i = 0; $i < 4; $i++) {
                echo $i;
                flush();
                usleep(300_000);
            }
            return null;
        case '/asks':
            set_time_limit(0);
            usleep(1_200_000);
            return 'unlimited';
        case '/asks-so-much':
            set_time_limit(60);
            usleep(1_200_000);
            return 'a minute';
        case '/next': // what another request was given is not this one's
        case '/hangs':
            sleep(60);
        case '/goes-on':
            lyger_finish_request();
            sleep(60);
    }
    return (string) getmypid();
    PHP, ['request_timeout' => 0.8]);
$pid = $server->get('/')->body;
echo $server->get('/drip')->body, "\n";
echo $server->get('/asks')->body, "\n";
echo $server->get('/asks-so-much')->body, "\n";
var_dump($server->get('/')->body === $pid);
echo $server->get('/next')->status, "\n";
echo $server->get('/goes-on')->status, "\n";
$end = hrtime(true) + 60_000_000_000;
while (substr_count($server->output(), ' ended by ') < 2 && hrtime(true) < $end) {
    usleep(5_000);
}
preg_match_all('/^worker (\d+) (ended by .*)$/m', $server->output(), $lines);
print_r($lines[2]);
var_dump($lines[1][0] === $pid);
$server->stop();
?>
--EXPECT--
0123
unlimited
a minute
bool(true)
504
200
Array
(
    [0] => ended by request_timeout (0.8 s), nothing was written or taken: GET /next
    [1] => ended by request_timeout (0.8 s), it went on after its answer: GET /goes-on
)
bool(true)

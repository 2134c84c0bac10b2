--TEST--
A signal handler that throws ends the computation with its exception
--EXTENSIONS--
lyger
pcntl
--FILE--
<?php
class Enough extends Exception
{
}

pcntl_async_signals(true);
pcntl_signal(SIGALRM, function () {
    throw new Enough('the handler had enough');
});
pcntl_alarm(1);
try {
    lyger_heavy_computation(PHP_INT_MAX);
} catch (Enough $enough) {
    echo $enough->getMessage(), "\n";
    echo $enough->getPrevious() === null ? "nothing else was thrown\n" : "";
}
echo lyger_heavy_computation(3) > 2 ? "the room works on\n" : "";
?>
--EXPECT--
the handler had enough
nothing else was thrown
the room works on

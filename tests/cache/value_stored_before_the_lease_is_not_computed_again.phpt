--TEST--
remember: a value that another stored between the look for it and the lease is taken, not computed again
--EXTENSIONS--
lyger
--FILE--
<?php
class Refuses
{
    public function __unserialize(array $data): void
    {
        throw new LogicException('not this');
    }
}
// The warning comes when the process has looked and has no lease yet: what runs here is what another process does meanwhile.
set_error_handler(function (int $level, string $message): bool {
    echo $message, "\n";
    lyger_cache_set('key', 'of the other');
    return true;
});
lyger_cache_set('key', new Refuses());
var_dump(lyger_cache_remember('key', function (): string {
    echo "computed again\n";
    return 'of this one';
}));
var_dump(lyger_cache_get('key'));
// And the lease was given back.
lyger_cache_delete('key');
var_dump(lyger_cache_remember('key', fn(): string => 'computed'));
?>
--EXPECT--
lyger_cache_remember(): The entry "key" cannot be read and counts as a miss: LogicException: not this
string(12) "of the other"
string(12) "of the other"
string(8) "computed"

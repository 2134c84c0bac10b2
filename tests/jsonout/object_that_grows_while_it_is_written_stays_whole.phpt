--TEST--
An object that gets a property while its table is written has one value of each property, and is no leak
--EXTENSIONS--
lyger
--FILE--
<?php
#[AllowDynamicProperties]
class Holder
{
    public $calls;
    public $text = 'first';
    private $hidden = 1;
    public int $unset;
}

class Calls implements JsonSerializable
{
    public function __construct(private Closure $does)
    {
    }

    public function jsonSerialize(): mixed
    {
        return ($this->does)();
    }
}

function grow(int $times): void
{
    $holder = new Holder();
    $holder->early = 'e';
    $holder->calls = new Calls(function () use ($holder) {
        $holder->{'more' . count((array) $holder)} = ['m'];
        $holder->text .= '+';
        return 'called';
    });
    for ($i = 0; $i < $times; $i++) {
        echo lyger_json_encode([$holder, $holder]), "\n";
    }
    $holder->text = 'last';
    $holder->unset = 3;
    $holder->calls = null;
    echo $holder->text, ' ', get_object_vars($holder)['text'], ' ', implode(',', array_keys(get_object_vars($holder))), "\n";
    foreach ($holder as $name => $value) {
        echo $name, is_array($value) ? '' : '=' . var_export($value, true), ' ';
    }
    echo "\n";
}

function circle(): void
{
    $holder = new Holder();
    $holder->early = 'e';
    $holder->calls = new Calls(function () use ($holder) {
        $holder->late = 'l';
        return 'called';
    });
    $known = WeakReference::create($holder);
    lyger_json_encode($holder);
    unset($holder);
    gc_collect_cycles();
    var_dump($known->get());
}

grow(2);
circle();
?>
--EXPECT--
[{"calls":"called","text":"first+","early":"e"},{"calls":"called","text":"first","early":"e","more4":["m"]}]
[{"calls":"called","text":"first+++","early":"e","more4":["m"],"more5":["m"]},{"calls":"called","text":"first++","early":"e","more4":["m"],"more5":["m"],"more6":["m"]}]
last last calls,text,unset,early,more4,more5,more6,more7
calls=NULL text='last' unset=3 early='e' more4 more5 more6 more7 
NULL

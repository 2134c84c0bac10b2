<?php

declare(strict_types=1);

namespace Lyger\Internal;

/**
 * Lyger\Result of the engines in this package. See stubs/lyger.stub.php for what each method does.
 *
 * It has a name of its own because Lyger\Result is the extension's class where that is loaded and one of these engines is
 * asked for by name.
 *
 * @internal
 * @implements \IteratorAggregate<int, array>
 */
final class Result implements \IteratorAggregate, \Countable, \JsonSerializable
{
    /** @var array{rows: int, columns: list<array{name: string, type: string}>, affected: int, tag: string} */
    private readonly array $info;

    /** @param bool $named rows by name; false: as lists */
    private function __construct(private readonly Rows $rows, private readonly bool $named)
    {
        $this->info = $rows->info();
    }

    /** @internal for the engines */
    public static function of(Rows $rows, bool $named): self
    {
        return new self($rows, $named);
    }

    public function count(): int
    {
        return $this->info['rows'];
    }

    public function getIterator(): \Iterator
    {
        return new RowIterator(fn(): \Generator => $this->rows());
    }

    public function toJson(): string
    {
        return $this->rows->json();
    }

    /** json_encode() takes an array with the keys 0, 1, 2 … for a list; a row with such names stays an object. */
    public function jsonSerialize(): mixed
    {
        $rows = [];
        foreach ($this->rows() as $row) {
            $rows[] = $this->named && array_is_list($row) ? (object) $row : $row;
        }
        return $rows;
    }

    public function columns(): array
    {
        return array_column($this->info['columns'], 'type', 'name');
    }

    public function affected(): int
    {
        return $this->info['affected'];
    }

    /** @return \Generator<int, array> */
    private function rows(): \Generator
    {
        $names = array_column($this->info['columns'], 'name');
        foreach ($this->rows->values() as $number => $values) {
            $row = $this->named ? [] : $values;
            foreach ($this->named ? $names : [] as $i => $name) {
                $row[$name] = $values[$i]; // not array_combine(): of two columns with one name the last counts
            }
            yield $number => $row;
        }
    }

    private function __clone(): void
    {
    }

    public function __serialize(): array
    {
        throw new \Exception("Serialization of 'Lyger\\Result' is not allowed");
    }

    public function __unserialize(array $data): void
    {
        throw new \Exception("Unserialization of 'Lyger\\Result' is not allowed");
    }

    public function __set(string $name, mixed $value): void
    {
        throw new \Error("Cannot create dynamic property Lyger\\Result::\$$name");
    }
}

// Here and not where the name is autoloaded: neither instanceof nor a parameter's type loads a class.
if (!\extension_loaded('lyger')) {
    class_alias(Result::class, 'Lyger\Result');
}

<?php

namespace App;

use Doctrine\DBAL\Connection;
use Symfony\Component\HttpFoundation\File\UploadedFile;

/** Notes of people, each with a picture or without; of each person the last hundred are kept. */
final class Notebook
{
    private const KEPT = 100;

    public function __construct(private Connection $connection, private string $database, private string $pictures)
    {
    }

    public function setUp(): void
    {
        foreach ([\dirname($this->database), $this->pictures] as $directory) {
            is_dir($directory) || mkdir($directory, 0777, true);
        }
        $this->connection->executeStatement('PRAGMA journal_mode = WAL');
        $this->connection->executeStatement('CREATE TABLE IF NOT EXISTS notes
            (id INTEGER PRIMARY KEY AUTOINCREMENT, owner TEXT NOT NULL, text TEXT NOT NULL, picture TEXT)');
        $this->connection->executeStatement('CREATE TABLE IF NOT EXISTS mails
            (id INTEGER PRIMARY KEY AUTOINCREMENT, recipient TEXT NOT NULL, text TEXT NOT NULL, sent_at REAL NOT NULL)');
    }

    public function write(string $owner, string $text, ?UploadedFile $picture): void
    {
        $name = null;
        if ($picture !== null) {
            $name = bin2hex(random_bytes(8)) . '.' . $picture->guessExtension();
            $picture->move($this->pictures, $name);
        }
        $this->connection->insert('notes', ['owner' => $owner, 'text' => $text, 'picture' => $name]);
        $old = $this->connection->fetchAllAssociative(
            'SELECT id, picture FROM notes WHERE owner = ? ORDER BY id DESC LIMIT -1 OFFSET ' . self::KEPT,
            [$owner]
        );
        foreach ($old as ['id' => $id, 'picture' => $file]) {
            $this->connection->delete('notes', ['id' => $id]);
            $file === null || @unlink("$this->pictures/$file");
        }
    }

    /** @return list<array{id: int, text: string, picture: ?string}> the newest first */
    public function notes(string $owner): array
    {
        return $this->connection->fetchAllAssociative('SELECT id, text, picture FROM notes WHERE owner = ? ORDER BY id DESC LIMIT 20', [$owner]);
    }

    /** The same as JSON, which lyger writes while SQLite gives the rows. */
    public function notesAsJson(string $owner): string
    {
        return lyger_db_query_json("sqlite:$this->database", 'SELECT id, text, picture FROM notes WHERE owner = ? ORDER BY id DESC LIMIT 20', [$owner]);
    }

    /** The file of a note's picture; null when this person has no such note. */
    public function picture(string $owner, int $id): ?string
    {
        $name = $this->connection->fetchOne('SELECT picture FROM notes WHERE owner = ? AND id = ? AND picture IS NOT NULL', [$owner, $id]);
        return $name === false ? null : "$this->pictures/$name";
    }

    public function recordMail(string $recipient, string $text): void
    {
        $this->connection->insert('mails', ['recipient' => $recipient, 'text' => $text, 'sent_at' => microtime(true)]);
        $this->connection->executeStatement('DELETE FROM mails WHERE recipient = ? AND id < (SELECT max(id) FROM mails) - 1000', [$recipient]);
    }

    /** @return list<array{text: string, sent_at: float}> the newest first */
    public function mails(string $recipient): array
    {
        return $this->connection->fetchAllAssociative('SELECT text, sent_at FROM mails WHERE recipient = ? ORDER BY id DESC LIMIT 20', [$recipient]);
    }
}

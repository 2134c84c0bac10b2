<?php

namespace App;

use Illuminate\Http\UploadedFile;
use Illuminate\Support\Facades\DB;

/** Notes of people, each with a picture or without; of each person the last hundred are kept. */
final class Notebook
{
    private const KEPT = 100;

    public function write(string $owner, string $text, ?UploadedFile $picture): void
    {
        $name = $picture?->hashName();
        $picture?->move($this->pictures(), $name);
        DB::table('notes')->insert(['owner' => $owner, 'text' => $text, 'picture' => $name]);
        $old = DB::table('notes')->where('owner', $owner)->orderByDesc('id')->offset(self::KEPT)->limit(1000)->get(['id', 'picture']);
        foreach ($old as $note) {
            DB::table('notes')->delete($note->id);
            $note->picture === null || @unlink("{$this->pictures()}/$note->picture");
        }
    }

    /** @return list<object{id: int, text: string, picture: ?string}> the newest first */
    public function notes(string $owner): array
    {
        return DB::table('notes')->where('owner', $owner)->orderByDesc('id')->limit(20)->get(['id', 'text', 'picture'])->all();
    }

    /** The same as JSON, which lyger writes while SQLite gives the rows. */
    public function notesAsJson(string $owner): string
    {
        $database = config('database.connections.sqlite.database');
        return lyger_db_query_json("sqlite:$database", 'SELECT id, text, picture FROM notes WHERE owner = ? ORDER BY id DESC LIMIT 20', [$owner]);
    }

    /** The file of a note's picture; null when this person has no such note. */
    public function picture(string $owner, int $id): ?string
    {
        $name = DB::table('notes')->where('owner', $owner)->where('id', $id)->whereNotNull('picture')->value('picture');
        return $name === null ? null : "{$this->pictures()}/$name";
    }

    public function recordMail(string $recipient, string $text): void
    {
        DB::table('mails')->insert(['recipient' => $recipient, 'text' => $text, 'sent_at' => microtime(true)]);
        DB::table('mails')->where('recipient', $recipient)->where('id', '<', DB::table('mails')->max('id') - 1000)->delete();
    }

    /** @return list<object{text: string, sent_at: float}> the newest first */
    public function mails(string $recipient): array
    {
        return DB::table('mails')->where('recipient', $recipient)->orderByDesc('id')->limit(20)->get(['text', 'sent_at'])->all();
    }

    private function pictures(): string
    {
        return storage_path('app/pictures');
    }
}

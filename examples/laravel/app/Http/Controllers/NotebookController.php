<?php

namespace App\Http\Controllers;

use App\Notebook;
use Illuminate\Http\JsonResponse;
use Illuminate\Http\RedirectResponse;
use Illuminate\Http\Request;
use Illuminate\Http\StreamedEvent;
use Illuminate\Support\Facades\Auth;
use Illuminate\View\View;
use Symfony\Component\HttpFoundation\Response;

final class NotebookController extends Controller
{
    public function __construct(private Notebook $notebook)
    {
    }

    public function page(Request $request): View
    {
        $session = $request->session();
        $session->put('visits', $visits = $session->get('visits', 0) + 1);
        return view('notebook', ['visits' => $visits, 'notes' => $this->notebook->notes($this->person())]);
    }

    public function write(Request $request): RedirectResponse
    {
        $text = $request->string('text')->value();
        $picture = $request->file('picture');
        abort_if($text === '' || ($picture !== null && !str_starts_with((string) $picture->getMimeType(), 'image/')), 422);
        $person = $this->person();
        $this->notebook->write($person, $text, $picture);
        $notebook = $this->notebook;
        // A mail that leaves when the answer has left, so that nobody waits for the mail server, which takes its time.
        dispatch(function () use ($notebook, $person, $text): void {
            usleep((int) ((float) env('MAIL_SECONDS', 0.2) * 1e6));
            $notebook->recordMail($person, "you wrote: $text");
        })->afterResponse();
        return redirect()->route('notebook', status: 303)->with('said', 'Written down.');
    }

    public function picture(int $id): Response
    {
        return response()->file($this->notebook->picture($this->person(), $id) ?? abort(404));
    }

    public function download(int $id): Response
    {
        return response()->download($this->notebook->picture($this->person(), $id) ?? abort(404), "note-$id.png");
    }

    /** Through Laravel's query builder and PHP's serialiser. */
    public function asJson(): JsonResponse
    {
        return response()->json($this->notebook->notes($this->person()), options: JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE);
    }

    /** Straight from the database, by lyger. */
    public function asLygerWritesIt(): JsonResponse
    {
        return JsonResponse::fromJsonString($this->notebook->notesAsJson($this->person()));
    }

    public function mails(): JsonResponse
    {
        return response()->json($this->notebook->mails($this->person()));
    }

    /** What happens, as it happens. */
    public function events(): Response
    {
        $person = $this->person();
        return response()->eventStream(function () use ($person): iterable {
            foreach (range(1, 3) as $tick) {
                yield new StreamedEvent('tick', "$person $tick");
                usleep(50_000);
            }
        }, endStreamWith: new StreamedEvent('end', $person));
    }

    private function person(): string
    {
        return Auth::user()->name;
    }
}

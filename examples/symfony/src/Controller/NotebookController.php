<?php

namespace App\Controller;

use App\Notebook;
use App\Outbox;
use Symfony\Bundle\FrameworkBundle\Controller\AbstractController;
use Symfony\Component\HttpFoundation\BinaryFileResponse;
use Symfony\Component\HttpFoundation\EventStreamResponse;
use Symfony\Component\HttpFoundation\JsonResponse;
use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\HttpFoundation\Response;
use Symfony\Component\HttpFoundation\ResponseHeaderBag;
use Symfony\Component\HttpFoundation\ServerEvent;
use Symfony\Component\HttpKernel\Exception\HttpException;
use Symfony\Component\Routing\Attribute\Route;

final class NotebookController extends AbstractController
{
    public function __construct(private Notebook $notebook, private Outbox $outbox)
    {
    }

    #[Route('/', 'notebook', methods: 'GET')]
    public function page(Request $request): Response
    {
        $session = $request->getSession();
        $session->set('visits', $visits = $session->get('visits', 0) + 1);
        return $this->render('notebook.html.twig', ['visits' => $visits, 'notes' => $this->notebook->notes($this->person())]);
    }

    #[Route('/notes', 'write', methods: 'POST')]
    public function write(Request $request): Response
    {
        $text = $request->request->getString('text');
        $picture = $request->files->get('picture');
        if (!$this->isCsrfTokenValid('note', $request->request->getString('_token'))) {
            throw new HttpException(419, 'This form is not ours, or too old.');
        }
        if ($text === '' || ($picture !== null && !str_starts_with((string) $picture->getMimeType(), 'image/'))) {
            throw new HttpException(422, 'A note has a text, and a picture is a picture.');
        }
        $this->notebook->write($this->person(), $text, $picture);
        $this->outbox->add($this->person(), "you wrote: $text");
        $this->addFlash('said', 'Written down.');
        return $this->redirectToRoute('notebook', status: 303);
    }

    #[Route('/pictures/{id}', 'picture', ['id' => '\d+'], methods: 'GET')]
    public function picture(int $id): Response
    {
        return new BinaryFileResponse($this->notebook->picture($this->person(), $id) ?? throw $this->createNotFoundException());
    }

    #[Route('/download/{id}', 'download', ['id' => '\d+'], methods: 'GET')]
    public function download(int $id): Response
    {
        $file = $this->notebook->picture($this->person(), $id) ?? throw $this->createNotFoundException();
        return (new BinaryFileResponse($file))->setContentDisposition(ResponseHeaderBag::DISPOSITION_ATTACHMENT, "note-$id.png");
    }

    /** Through Doctrine and PHP's serialiser. */
    #[Route('/api/notes', methods: 'GET')]
    public function asJson(): Response
    {
        return (new JsonResponse($this->notebook->notes($this->person())))
            ->setEncodingOptions(\JSON_UNESCAPED_SLASHES | \JSON_UNESCAPED_UNICODE);
    }

    /** Straight from the database, by lyger. */
    #[Route('/api/notes/lyger', methods: 'GET')]
    public function asLygerWritesIt(): Response
    {
        return JsonResponse::fromJsonString($this->notebook->notesAsJson($this->person()));
    }

    #[Route('/api/mails', methods: 'GET')]
    public function mails(): Response
    {
        return new JsonResponse($this->notebook->mails($this->person()));
    }

    /** What happens, as it happens. */
    #[Route('/events', methods: 'GET')]
    public function events(): Response
    {
        $person = $this->person();
        return new EventStreamResponse(function () use ($person): iterable {
            foreach (range(1, 3) as $tick) {
                yield new ServerEvent("$person $tick", type: 'tick');
                usleep(50_000);
            }
            yield new ServerEvent($person, type: 'end');
        });
    }

    #[Route('/broken', methods: 'GET')]
    public function broken(): Response
    {
        throw new \LogicException('This page is broken, for all to see what happens then.');
    }

    #[Route('/teapot', methods: 'GET')]
    public function teapot(): Response
    {
        throw new HttpException(418, 'a teapot');
    }

    private function person(): string
    {
        return $this->getUser()->getUserIdentifier();
    }
}

<?php

namespace App\Controller;

use Symfony\Bundle\FrameworkBundle\Controller\AbstractController;
use Symfony\Component\HttpFoundation\Response;
use Symfony\Component\Routing\Attribute\Route;
use Symfony\Component\Security\Http\Authentication\AuthenticationUtils;

final class LoginController extends AbstractController
{
    #[Route('/login', 'login', methods: ['GET', 'POST'])]
    public function login(AuthenticationUtils $attempt): Response
    {
        return $this->render('login.html.twig', [
            'name' => $attempt->getLastUsername(),
            'refused' => $attempt->getLastAuthenticationError() !== null,
        ]);
    }
}

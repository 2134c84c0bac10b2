<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>@yield('title', 'Notebook')</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/notebook.css">
</head>
<body>
<header><h1>Notebook <small>Laravel</small></h1>
@auth
<form method="post" action="{{ route('logout', absolute: false) }}">
<span id="person">{{ auth()->user()->name }}</span>
@csrf
<button id="logout">Log out</button>
</form>
@endauth
</header>
<main>@yield('body')</main>
<footer>served by <span id="sapi">{{ PHP_SAPI }}</span></footer>
</body>
</html>

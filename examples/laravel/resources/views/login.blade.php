@extends('layout')
@section('title', 'Log in')
@section('body')
@error('name')<p id="refused">{{ $message }}</p>@enderror
<form id="login" method="post">
<label>Name <input name="name" value="{{ old('name') }}" required autofocus></label>
<label>Password <input name="password" type="password" required></label>
@csrf
<button>Log in</button>
</form>
@endsection

@extends('layout')
@section('body')
@session('said')<p id="said">{{ $value }}</p>@endsession
<p>This is your visit no. <span id="visits">{{ $visits }}</span>.</p>
<form id="note" method="post" action="{{ route('write', absolute: false) }}" enctype="multipart/form-data">
<label>Note <input name="text" required></label>
<label>Picture <input name="picture" type="file" accept="image/*"></label>
@csrf
<button>Write</button>
</form>
<ul id="notes">
@foreach ($notes as $note)
<li><span class="text">{{ $note->text }}</span>
@if ($note->picture)<a href="{{ route('download', ['id' => $note->id], false) }}"><img src="{{ route('picture', ['id' => $note->id], false) }}" alt=""></a>@endif</li>
@endforeach
</ul>
<h2>What happens</h2>
<ol id="events"></ol>
<script src="/notebook.js"></script>
@endsection

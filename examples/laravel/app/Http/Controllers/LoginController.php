<?php

namespace App\Http\Controllers;

use Illuminate\Http\RedirectResponse;
use Illuminate\Http\Request;
use Illuminate\Support\Facades\Auth;
use Illuminate\View\View;

final class LoginController extends Controller
{
    public function form(): View
    {
        return view('login');
    }

    public function login(Request $request): RedirectResponse
    {
        $person = $request->validate(['name' => 'required|string', 'password' => 'required|string']);
        if (!Auth::attempt($person)) {
            return redirect()->route('login')->withErrors(['name' => 'That is not a name and its password.'])->onlyInput('name');
        }
        $request->session()->regenerate();
        return redirect()->intended(route('notebook'));
    }

    public function logout(Request $request): RedirectResponse
    {
        Auth::logout();
        $request->session()->invalidate();
        $request->session()->regenerateToken();
        return redirect()->route('login');
    }
}

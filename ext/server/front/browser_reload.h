/*
 * For development, with the option watch: the pages that a browser shows are loaded anew when a file of the
 * project has changed. A page that a browser of this machine asks for gets a script element, whose script
 * listens to a stream of events (SSE) of the front process. Internal to the front process; off, all of it is
 * one comparison in a request.
 *
 * The supervisor watches, and says 'c' for a change that is served from now on, 'f' for an application that
 * did not come up after a change. Changes are numbered; a page knows the number that it was made at, so that
 * a change between page and stream is not lost, nor one while the server was restarted.
 */
#ifndef LYGER_FRONT_BROWSER_RELOAD_H
#define LYGER_FRONT_BROWSER_RELOAD_H

#include "front_state.h"

/* Answers the stream and its script; false when the request is another one, or of another machine. */
bool lyger_browser_reload_answer(lyger_job *job, const lyger_http_request *request, const char *head);

/* Whether the answer, if it is an HTML page, gets the script: a browser's GET of a document. */
bool lyger_browser_reload_wanted(lyger_job *job, const lyger_http_request *request, const char *head);

/* Answers a static HTML file, with the script. False: it is something else. */
bool lyger_browser_reload_file(lyger_job *job, const lyger_http_request *request, const char *head);

/* Looks at a worker's head: an answer that is no page loses job->reloads, the head of one is changed, as a
 * page with a script must not be kept by the browser. */
void lyger_browser_reload_head(lyger_job *job);

/* Appends the script element. */
bool lyger_browser_reload_put(const lyger_job *job, lyger_sink *sink);

/* Puts a whole page with the script element, before its end tag of the body where it has one. */
bool lyger_browser_reload_page(const lyger_job *job, const char *bytes, size_t len, lyger_sink *sink);

/* Tells every browser: 'c' or 'f', see above. */
void lyger_browser_reload_tell(lyger_front *front, char what);

/* To be called every LYGER_FRONT_TICK ms: finds out which browsers have left. */
void lyger_browser_reload_tick(lyger_front *front);

/* Ends all streams, so that the server can drain. */
void lyger_browser_reload_end(lyger_front *front);

/* The job ends. */
void lyger_browser_reload_forget(lyger_job *job);

#endif

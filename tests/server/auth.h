/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Tokens: JWTs that are also rows, so that they can be taken back. One login a platform (policy 1). */

#include "http.h"

extern const Route auth_routes[];

/* (transfer full) A fresh token; older ones of that user are kicked as the policy says. */
char *auth_issue (Server *server, const char *user, int platform);

/* Whose token is it? 1501, 1503–1507 otherwise. */
Result auth_check (Server *server, const char *token, char **user, int *platform);

/* Kicks the tokens of a platform but @keep (nullable). */
void auth_kick (Server *server, const char *user, int platform, const char *keep);

/* The account server's tokens, signed with another secret. */
char *auth_issue_chat (Server *server, const char *user);
Result auth_check_chat (Server *server, const char *token, char **user, int *platform);

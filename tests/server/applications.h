/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Applications to a group, by oneself or by a member who invites. */

#include "members.h"

extern const Route application_routes[];

typedef struct {
  const char *group;
  const char *user;      /* who is to get in */
  const char *applicant; /* who asks: the user, or the member who invites */
  const char *inviter;   /* the member who invites, or "" */
  int source;
  const char *message; /* of an applicant; the reason of an invitation is lost */
  const char *ex;
} Application;
void application_make (Server *server, const Application *application);

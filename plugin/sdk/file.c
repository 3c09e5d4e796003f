/* SPDX-License-Identifier: GPL-3.0-or-later */

/* UploadFile: a file by itself. Source: open-im-server 3.8, internal/rpc/third. */

#include "sdk/handlers.h"

#include "third.pb-c.h"

#include "base/disk.h"
#include "sdk/attachment.h"

static void
on_uploaded (OpenimCall *call, char *url, GError *error)
{
  Openim__Sdk__Third__UploadFileResp *response;

  if (error != NULL) {
    openim_call_take_error (call, error);
    return;
  }
  response = openim_pb_new (&openim__sdk__third__upload_file_resp__descriptor);
  openim_pb_take (&response->url, url);
  openim_call_answer (call, response);
}

void
openim_file_upload (OpenimCall *call)
{
  const Openim__Sdk__Third__UploadFileReq *request = openim_call_get_request (call);
  g_autofree char *base = g_path_get_basename (request->filepath);
  g_autofree char *clean = openim_disk_clean_name (base);
  g_autofree char *name = openim_attachment_name (call, *request->name != '\0' ? request->name : clean);
  OpenimUpload upload = { request->filepath, name, request->contenttype, request->cause };

  openim_attachment_upload (call, &upload, OPENIM__EVENT__FUNC_REQUEST_EVENT_NAME__EventOnUploadFileProgress,
                            on_uploaded);
}

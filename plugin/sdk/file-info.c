/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sdk/file-info.h"

#include <string.h>

#include "base/disk.h"
#include "base/json.h"
#include "base/link.h"

#define FACE_MAX 65536 /* bytes of what a sticker says about itself */

#define CASE(NAME) OPENIM__SDK__SHARED__IMMESSAGE__CONTENT_##NAME

static gboolean
read_picture (const Openim__Sdk__Shared__PictureElem *elem, OpenimFileInfo *info)
{
  const Openim__Sdk__Shared__PictureBaseInfo *kinds[] = { elem->sourcepicture, elem->bigpicture,
                                                          elem->snapshotpicture };

  for (guint i = 0; i < G_N_ELEMENTS (kinds) && info->url == NULL; i++) {
    if (kinds[i] == NULL)
      continue;
    info->url = openim_link_clean (kinds[i]->url);
    info->size = kinds[i]->size;
  }
  if (elem->snapshotpicture != NULL)
    info->preview = openim_link_clean (elem->snapshotpicture->url);
  return info->url != NULL;
}

/* Every program has stickers of its own and says in its own way where they are; some just say it. */
static gboolean
read_face (const Openim__Sdk__Shared__FaceElem *elem, OpenimFileInfo *info)
{
  static const char *const members[] = { "url", "path", "imageUrl", "src" };
  g_autoptr (JsonObject) object = NULL;

  info->url = openim_link_clean (elem->data);
  if (info->url != NULL || *elem->data != '{')
    return info->url != NULL;
  object = openim_json_parse (elem->data, strlen (elem->data), FACE_MAX, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (members) && info->url == NULL; i++)
    info->url = openim_link_clean (openim_json_string (object, members[i]));
  return info->url != NULL;
}

static gboolean
read_elem (const OpenimMessage *message, OpenimFileInfo *info)
{
  switch ((int) message->content_case) {
  case CASE (PICTURE_ELEM):
    info->kind = OPENIM_FILE_PICTURE;
    return read_picture (message->pictureelem, info);
  case CASE (FACE_ELEM):
    info->kind = OPENIM_FILE_PICTURE;
    return read_face (message->faceelem, info);
  case CASE (SOUND_ELEM):
    info->kind = OPENIM_FILE_SOUND;
    info->url = openim_link_clean (message->soundelem->sourceurl);
    info->size = message->soundelem->datasize;
    return info->url != NULL;
  case CASE (VIDEO_ELEM):
    info->kind = OPENIM_FILE_VIDEO;
    info->url = openim_link_clean (message->videoelem->videourl);
    info->preview = openim_link_clean (message->videoelem->snapshoturl);
    info->size = message->videoelem->videosize;
    return info->url != NULL;
  case CASE (FILE_ELEM):
    info->kind = OPENIM_FILE_OTHER;
    info->url = openim_link_clean (message->fileelem->sourceurl);
    info->size = message->fileelem->filesize;
    if (*message->fileelem->filename != '\0')
      info->name = openim_disk_clean_name (message->fileelem->filename);
    return info->url != NULL;
  default:
    return FALSE;
  }
}

gboolean
openim_file_info_read (const OpenimMessage *message, OpenimFileInfo *info)
{
  *info = (OpenimFileInfo){ 0 };
  /* A body that could not be read has no member. */
  if (message->content_case == 0 || message->textelem == NULL || !read_elem (message, info)) {
    openim_file_info_clear (info);
    return FALSE;
  }
  info->size = MAX (info->size, 0);
  if (info->name == NULL) {
    g_autofree char *name = openim_link_get_name (info->url);

    info->name = openim_disk_clean_name (name != NULL ? name : "");
  }
  return TRUE;
}

void
openim_file_info_clear (OpenimFileInfo *info)
{
  g_clear_pointer (&info->url, g_free);
  g_clear_pointer (&info->preview, g_free);
  g_clear_pointer (&info->name, g_free);
}

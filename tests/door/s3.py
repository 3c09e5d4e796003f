#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""An object store of others, and a server that signs for it as OpenIM's does.

The store is versitygw, which checks signatures, or else moto, which does not. This program stands in front of a server at
--api: it passes on what it is asked, but answers by itself where files go: in the manner of the engine "minio" (headers for each part)
or "aws" (everything in the query). It prints a line of JSON and ends when its input does. Without a store, the line says so."""
import argparse, hashlib, json, logging, os, shutil, subprocess, sys, tempfile, threading, time, urllib.error, urllib.parse, urllib.request
from base64 import urlsafe_b64decode, urlsafe_b64encode
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BUCKET, USER, PASSWORD, REGION = "openim", "somebody", "a secret of theirs", "us-east-1"
LIMITS = {"minPartSize": 5 << 20, "maxPartSize": 5 << 30, "maxNumSize": 10000}
WEEK = 7 * 24 * 3600


def stop(reason):
    print(json.dumps({"missing": reason}), flush=True)
    sys.exit(0)


try:
    import boto3, botocore.auth, botocore.awsrequest, botocore.config, botocore.exceptions
except ImportError:
    stop("boto3 is not installed")

parser = argparse.ArgumentParser()
parser.add_argument("--api", required=True)
parser.add_argument("--engine", choices=("minio", "aws"), default="minio")
arguments = parser.parse_args()


def open_store(folder):
    """Its address, and what ends it."""
    program = os.environ.get("OPENIM_VERSITYGW") or shutil.which("versitygw")
    if program:
        os.mkdir(f"{folder}/store")
        with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as free:
            port = free.server_port
        process = subprocess.Popen([program, "--access", USER, "--secret", PASSWORD, "--region", REGION, "--port", f"127.0.0.1:{port}",
                                    "--quiet", "posix", f"{folder}/store"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        return "versitygw", f"http://127.0.0.1:{port}", process.terminate
    try:
        from moto.server import ThreadedMotoServer
    except ImportError:
        stop("neither versitygw nor moto is installed")
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    return "moto", "http://%s:%d" % server.get_host_and_port(), server.stop


folder = tempfile.mkdtemp(prefix="openim-s3-")
store_name, store_url, store_stop = open_store(folder)
s3 = boto3.client("s3", endpoint_url=store_url, aws_access_key_id=USER, aws_secret_access_key=PASSWORD, region_name=REGION,
                  config=botocore.config.Config(signature_version="s3v4", s3={"addressing_style": "path"}, retries={"max_attempts": 0},
                                                request_checksum_calculation="when_required"))
for attempt in range(100):
    try:
        s3.create_bucket(Bucket=BUCKET)
        break
    except botocore.exceptions.EndpointConnectionError:
        time.sleep(0.1)
credentials = s3._request_signer._credentials

names = {}      # of files: key and type
lock = threading.Lock()


class Refused(Exception):
    pass


class Auth(botocore.auth.S3SigV4Auth):
    def payload(self, request):
        return "UNSIGNED-PAYLOAD"


def pairs(query):
    return [{"key": key, "values": [value]} for key, value in query]


def sign_part(key, upload, number):
    if arguments.engine == "aws":
        url = s3.generate_presigned_url("upload_part", {"Bucket": BUCKET, "Key": key, "UploadId": upload, "PartNumber": number}, WEEK)
        query = urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query)
        return {"partNumber": number, "url": "", "query": pairs(query), "header": None}
    request = botocore.awsrequest.AWSRequest("PUT", f"{store_url}/{BUCKET}/{key}", params={"uploadId": upload, "partNumber": str(number)})
    Auth(credentials, "s3", REGION).add_auth(request)
    headers = {name: request.headers[name] for name in ("Authorization", "X-Amz-Date", "X-Amz-Content-Sha256")}
    return {"partNumber": number, "url": "", "query": pairs([("partNumber", str(number))]), "header": pairs(headers.items())}


def sign(state, numbers):
    if state["single"]:
        url = s3.generate_presigned_url("put_object", {"Bucket": BUCKET, "Key": state["key"]}, WEEK)
        return {"url": "", "query": None, "header": None, "parts": [{"partNumber": 1, "url": url, "query": None, "header": None}]}
    return {"url": f"{store_url}/{BUCKET}/{state['key']}", "query": pairs([("uploadId", state["upload"])]) if arguments.engine == "minio" else None,
            "header": None, "parts": [sign_part(state["key"], state["upload"], number) for number in numbers]}


def pack(state):
    return urlsafe_b64encode(json.dumps(state).encode()).decode()


def unpack(text):
    return json.loads(urlsafe_b64decode(text))


def exists(key):
    try:
        return s3.head_object(Bucket=BUCKET, Key=key)
    except botocore.exceptions.ClientError:
        return None


def public(name, base):
    return f"{base.rstrip(chr(47))}/object/{name}"


def part_size(size):
    return max(LIMITS["minPartSize"], -(-size // LIMITS["maxNumSize"]))


def initiate(body, base):
    key, step = f"data/hash/{body['hash']}", part_size(body["size"])
    count = -(-body["size"] // step)
    if body["maxParts"] > count:
        raise Refused("too many parts")
    if exists(key):
        names[body["name"]] = key, body["contentType"]
        return {"url": public(body["name"], base), "upload": None}
    state = {"single": count == 1, "hash": body["hash"], "size": body["size"], "key": f"temp/{body['hash']}" if count == 1 else key}
    if count > 1:
        state["upload"] = s3.create_multipart_upload(Bucket=BUCKET, Key=key)["UploadId"]
    return {"url": "", "upload": {"uploadID": pack(state), "partSize": step, "sign": sign(state, range(1, body["maxParts"] + 1)),
                                  "expireTime": int((time.time() + WEEK) * 1000)}}


def auth_sign(body, base):
    state = unpack(body["uploadID"])
    if state["single"]:
        raise Refused("presigned id not support auth sign")
    return sign(state, body["partNumbers"])


def complete(body, base):
    state = unpack(body["uploadID"])
    key = f"data/hash/{state['hash']}"
    if hashlib.md5(",".join(body["parts"]).encode()).hexdigest() != state["hash"]:
        raise Refused("md5 mismatching")
    if state["single"]:
        head = exists(state["key"])
        if not head or head["ETag"].strip('"') != body["parts"][0] or head["ContentLength"] != state["size"]:
            raise Refused("size or hash mismatching")
        s3.copy_object(Bucket=BUCKET, Key=key, CopySource={"Bucket": BUCKET, "Key": state["key"]})
    elif not exists(key):
        parts = [{"PartNumber": n, "ETag": md5} for n, md5 in enumerate(body["parts"], 1)]
        s3.complete_multipart_upload(Bucket=BUCKET, Key=key, UploadId=state["upload"], MultipartUpload={"Parts": parts})
    names[body["name"]] = key, body["contentType"]
    return {"url": public(body["name"], base)}


ROUTES = {"/object/part_limit": lambda body, base: LIMITS, "/object/initiate_multipart_upload": initiate, "/object/auth_sign": auth_sign,
          "/object/complete_multipart_upload": complete}


class Front(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, headers, data):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_POST(self):
        data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        route = ROUTES.get(self.path)
        if route:
            try:
                with lock:
                    answer = {"errCode": 0, "errMsg": "", "errDlt": "", "data": route(json.loads(data or "{}"), self.headers.get("X-Request-Api") or f"http://{self.headers['Host']}/")}
            except (Refused, botocore.exceptions.ClientError) as error:
                answer = {"errCode": 500, "errMsg": str(error), "errDlt": str(error)}
            self.answer(200, [("Content-Type", "application/json")], json.dumps(answer).encode())
            return
        headers = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "content-length", "accept-encoding", "connection")}
        with urllib.request.urlopen(urllib.request.Request(arguments.api + self.path, data, headers, method="POST")) as there:
            self.answer(there.status, [("Content-Type", there.headers["Content-Type"])], there.read())

    def do_GET(self):
        name = urllib.parse.unquote(self.path.removeprefix("/object/"))
        if name not in names:
            self.answer(404, [], b"")
            return
        key, kind = names[name]
        url = s3.generate_presigned_url("get_object", {"Bucket": BUCKET, "Key": key, "ResponseContentType": kind}, WEEK)
        self.answer(302, [("Location", url)], b"")


front = ThreadingHTTPServer(("127.0.0.1", 0), Front)
front.daemon_threads = True
threading.Thread(target=front.serve_forever, daemon=True).start()
print(json.dumps({"api": f"http://127.0.0.1:{front.server_port}", "store": store_name, "storage": store_url}), flush=True)
sys.stdin.read()
front.shutdown()
store_stop()
shutil.rmtree(folder, ignore_errors=True)

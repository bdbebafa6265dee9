/** What the load balancer answers by itself, as Application Load Balancers do. */
import type { Sink } from './sink.ts'
import { quoteWord } from './quote.ts'

export const SERVER = 'awselb/2.0'
export const OWN_SERVER = `hdr Server ${SERVER} hdr Date %[date,http_date]`

const REASONS: Readonly<Record<number, string>> = {
  301: 'Moved Permanently',
  302: 'Found',
  307: 'Temporary Redirect',
  400: 'Bad Request',
  401: 'Authorization Required',
  405: 'Not Allowed',
  408: 'Request Time-out',
  414: 'Request-URI Too Large',
  463: '463',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Temporarily Unavailable',
  504: 'Gateway Time-out',
  561: 'Authentication Error',
}

/** Those that HAProxy answers out of itself. */
const ERRORS = [400, 408, 500, 502, 503, 504]

export const errorPage = (status: number): string => {
  const title = `${status} ${REASONS[status] ?? ''}`.trim()
  return `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`
}

const errorFile = (status: number): string => {
  const page = errorPage(status)
  const headers = [
    `Server: ${SERVER}`,
    'Content-Type: text/html',
    `Content-Length: ${page.length}`,
    'Connection: close',
  ]
  return `HTTP/1.1 ${status} ${REASONS[status] ?? ''}\r\n${headers.join('\r\n')}\r\n\r\n${page}`
}

export const errorLines = (sink: Sink): string[] => ERRORS.map((status) => errorLine(status, status, sink))

/** AWS: that a target cannot be reached is 502; 503 is that there is none. HAProxy knows 503 for both. */
export const unreachableLine = (sink: Sink): string => errorLine(503, 502, sink)

const errorLine = (status: number, answered: number, sink: Sink): string =>
  `errorfile ${status} ${quoteWord(sink.addFile(`errors/${answered}.http`, errorFile(answered)))}`

/** Answers a request with such a page. */
export const refusal = (status: number, sink: Sink): string =>
  `http-request return status ${status} content-type text/html file ${quoteWord(sink.addFile(`pages/${status}`, errorPage(status)))} ${OWN_SERVER}`

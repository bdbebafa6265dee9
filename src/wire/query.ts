/** AWS Query: the operation in the form field `Action`, input as form fields, output and faults as XML. */
import { checkOutput } from './check-output.ts'
import { decodeFault } from './decode-error.ts'
import type { Fault } from './fault.ts'
import { claimedForm, formClaim, xmlAnswer } from './form-request.ts'
import { FormDecoder, queryFieldNames } from './form.ts'
import type { Claim, Codec, CodecOptions, Protocol, RefusalContext, WireRequest, WireResponse } from './protocol.ts'
import { isUnit } from './schema.ts'
import type { ProtocolName, ServiceAddress, ServiceDefinition } from './service.ts'
import { element, escapeXml, XmlEncoder } from './xml.ts'

export class QueryProtocol implements Protocol {
  readonly names: readonly ProtocolName[] = ['query']
  readonly faultStyle = 'query'
  /** Of all services' faults. */
  readonly #faultEncoder = new XmlEncoder()

  recognise(request: WireRequest): Claim | undefined {
    return formClaim('query', request)
  }

  isFor(service: ServiceAddress, claim: Claim): boolean {
    return service.query?.version === claim.address
  }

  codec(service: ServiceDefinition, { isChecking }: CodecOptions): Codec {
    const decoder = new FormDecoder(queryFieldNames)
    const encoder = new XmlEncoder()
    const xmlNamespace = service.query?.xmlNamespace ?? ''
    return {
      decode(operation, claim) {
        try {
          return decoder.structure(operation.input, claimedForm(claim))
        } catch (error) {
          throw decodeFault('query', service, operation, error)
        }
      },
      encode({ name, output: shape }, output, _claim, requestId) {
        if (isChecking) checkOutput(shape, output, name)
        const result = isUnit(shape) ? '' : element(`${name}Result`, encoder.content(shape, output))
        const metadata = element('ResponseMetadata', element('RequestId', requestId))
        return xmlAnswer(
          200,
          `<${name}Response xmlns="${xmlNamespace}">${result}${metadata}</${name}Response>`,
          requestId,
        )
      },
    }
  }

  refuse(fault: Fault, { requestId, shape, service }: RefusalContext): WireResponse {
    const { message: _message, Message: _other, ...others } = fault.members as Record<string, unknown>
    const members = shape === undefined ? '' : this.#faultEncoder.content(shape.structure, others)
    const error = element(
      'Error',
      element('Type', fault.side === 'client' ? 'Sender' : 'Receiver') +
        element('Code', escapeXml(shape?.queryCode ?? fault.code)) +
        element('Message', escapeXml(fault.message)) +
        members,
    )
    const xmlns = service?.query === undefined ? '' : ` xmlns="${service.query.xmlNamespace}"`
    return xmlAnswer(
      fault.status,
      `<ErrorResponse${xmlns}>${error}${element('RequestId', requestId)}</ErrorResponse>`,
      requestId,
    )
  }
}

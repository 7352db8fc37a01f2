// swift-format-ignore-file: a table is read by its columns.

/// What ``ReplayMatrix`` expects: for each world a line for each loader, and in it, in this order, what becomes of
/// the start code, the request code, the rival's request code, the activation code, the return code, the rival's return
/// code and the receipt code. A code that the world can't have shown yet comes from its future.
let replayTable = """
    offeredAndOpen
    source   keyAlreadyHere ok              ok              activationForAnotherRequest nothingToTakeBack nothingToTakeBack receiptUnknown
    target   again          requestUnknown  requestUnknown  ok                          returnUnknown     returnUnknown     receiptUnknown
    rival    again          requestUnknown  requestUnknown  activationForAnotherRequest returnUnknown     returnUnknown     receiptUnknown
    stranger ok             requestUnknown+ requestUnknown+ activationForAnotherRequest nothingToTakeBack nothingToTakeBack receiptUnknown

    offeredAndDeclined
    source   keyAlreadyHere  ok              ok              activationForAnotherRequest nothingToTakeBack nothingToTakeBack receiptUnknown
    target   requestDeclined requestUnknown  requestUnknown  requestDeclined             returnUnknown     returnUnknown     receiptUnknown
    rival    again           requestUnknown  requestUnknown  activationForAnotherRequest returnUnknown     returnUnknown     receiptUnknown
    stranger ok              requestUnknown+ requestUnknown+ activationForAnotherRequest nothingToTakeBack nothingToTakeBack receiptUnknown

    withdrawnAndOpen
    source   keyAlreadyHere requestForOlderStartCode requestForOlderStartCode activationForAnotherRequest nothingToTakeBack nothingToTakeBack receiptUnknown
    target   again          requestUnknown           requestUnknown           ok                          returnUnknown     returnUnknown     receiptUnknown
    rival    again          requestUnknown           requestUnknown           activationForAnotherRequest returnUnknown     returnUnknown     receiptUnknown
    stranger ok             requestUnknown+          requestUnknown+          activationForAnotherRequest nothingToTakeBack nothingToTakeBack receiptUnknown

    withdrawnAndDeclined
    source   keyAlreadyHere  requestForOlderStartCode requestForOlderStartCode activationForAnotherRequest nothingToTakeBack nothingToTakeBack receiptUnknown
    target   requestDeclined requestUnknown           requestUnknown           requestDeclined             returnUnknown     returnUnknown     receiptUnknown
    rival    again           requestUnknown           requestUnknown           activationForAnotherRequest returnUnknown     returnUnknown     receiptUnknown
    stranger ok              requestUnknown+          requestUnknown+          activationForAnotherRequest nothingToTakeBack nothingToTakeBack receiptUnknown

    releasedAndOpen
    source   keyReleased again           releasedToAnother activationForAnotherRequest ok                returnUnknown     ok
    target   again       requestUnknown  requestUnknown    ok                          returnUnknown     returnUnknown     receiptUnknown
    rival    again       requestUnknown  requestUnknown    activationForAnotherRequest returnUnknown     returnUnknown     receiptUnknown
    stranger ok          requestUnknown+ requestUnknown+   activationForAnotherRequest nothingToTakeBack nothingToTakeBack receiptUnknown

    releasedAndActive
    source   keyReleased   again           releasedToAnother activationForAnotherRequest ok                returnUnknown     ok
    target   alreadyActive requestUnknown  requestUnknown    again                       returnUnknown     returnUnknown     receiptUnknown
    rival    again         requestUnknown  requestUnknown    activationForAnotherRequest returnUnknown     returnUnknown     receiptUnknown
    stranger ok            requestUnknown+ requestUnknown+   activationForAnotherRequest nothingToTakeBack nothingToTakeBack receiptUnknown

    releasedAndDeclined
    source   keyReleased     again           releasedToAnother activationForAnotherRequest ok                returnUnknown     ok
    target   requestDeclined requestUnknown  requestUnknown    requestDeclined             returnUnknown     returnUnknown     receiptUnknown
    rival    again           requestUnknown  requestUnknown    activationForAnotherRequest returnUnknown     returnUnknown     receiptUnknown
    stranger ok              requestUnknown+ requestUnknown+   activationForAnotherRequest nothingToTakeBack nothingToTakeBack receiptUnknown

    settledAndActive
    source   keyReleased   transferClosed  releasedToAnother activationForAnotherRequest transferClosed    returnUnknown     again
    target   alreadyActive requestUnknown  requestUnknown    again                       returnUnknown     returnUnknown     receiptUnknown
    rival    again         requestUnknown  requestUnknown    activationForAnotherRequest returnUnknown     returnUnknown     receiptUnknown
    stranger ok            requestUnknown+ requestUnknown+   activationForAnotherRequest nothingToTakeBack nothingToTakeBack receiptUnknown

    closedAndOpen
    source   keyReleased transferClosed  releasedToAnother activationForAnotherRequest transferClosed    returnUnknown     again
    target   again       requestUnknown  requestUnknown    ok                          returnUnknown     returnUnknown     receiptUnknown
    rival    again       requestUnknown  requestUnknown    activationForAnotherRequest returnUnknown     returnUnknown     receiptUnknown
    stranger ok          requestUnknown+ requestUnknown+   activationForAnotherRequest nothingToTakeBack nothingToTakeBack receiptUnknown

    closedAndDeclined
    source   keyReleased     transferClosed  releasedToAnother activationForAnotherRequest transferClosed    returnUnknown     again
    target   requestDeclined requestUnknown  requestUnknown    requestDeclined             returnUnknown     returnUnknown     receiptUnknown
    rival    again           requestUnknown  requestUnknown    activationForAnotherRequest returnUnknown     returnUnknown     receiptUnknown
    stranger ok              requestUnknown+ requestUnknown+   activationForAnotherRequest nothingToTakeBack nothingToTakeBack receiptUnknown

    returnedAndDeclined
    source   keyAlreadyHere  keyTakenBack    releasedToAnother activationForAnotherRequest again             returnUnknown     transferClosed
    target   requestDeclined requestUnknown  requestUnknown    requestDeclined             returnUnknown     returnUnknown     receiptUnknown
    rival    again           requestUnknown  requestUnknown    activationForAnotherRequest returnUnknown     returnUnknown     receiptUnknown
    stranger ok              requestUnknown+ requestUnknown+   activationForAnotherRequest nothingToTakeBack nothingToTakeBack receiptUnknown

    returnedAndLeftAgain
    source   keyReleased     keyTakenBack    releasedToAnother activationForAnotherRequest again             returnUnknown     transferClosed
    target   requestDeclined requestUnknown  requestUnknown    requestDeclined             returnUnknown     returnUnknown     receiptUnknown
    rival    again           requestUnknown  requestUnknown    activationForAnotherRequest returnUnknown     returnUnknown     receiptUnknown
    stranger keyAlreadyHere  requestUnknown+ requestUnknown+   activationForAnotherRequest nothingToTakeBack nothingToTakeBack receiptUnknown
    """

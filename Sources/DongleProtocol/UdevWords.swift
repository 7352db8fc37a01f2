/// What is said of udev in more than one place.
package enum UdevWords {
    /// Has udev read its rules anew and apply them to the USB devices that are plugged in already, and to nothing else.
    package static let reload =
        "udevadm control --reload && udevadm trigger --subsystem-match=usb --property-match=DEVTYPE=usb_device"
}

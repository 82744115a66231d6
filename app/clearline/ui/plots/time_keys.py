"""What the keys do to time in every graph, so that none of them moves another way."""

from PySide6.QtCore import Qt

from clearline.ui.viewmodels.time_axis import TimeAxis


def move_by_key(axis: TimeAxis, key: int) -> bool:
    """Arrows move, + and - zoom, Home shows all, End and L return to live. False where the key means nothing here."""
    match key:
        case Qt.Key.Key_Left:
            axis.pan_share(-0.1)
        case Qt.Key.Key_Right:
            axis.pan_share(0.1)
        case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
            axis.zoom(0.8)
        case Qt.Key.Key_Minus:
            axis.zoom(1.25)
        case Qt.Key.Key_Home:
            axis.show(0.0, axis.length_s)
        case Qt.Key.Key_End | Qt.Key.Key_L:
            axis.return_to_live()
        case _:
            return False
    return True

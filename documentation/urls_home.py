"""The addresses of home programs; `documentation.urls` includes them."""

from django.urls import path

from documentation.views import home_builder as builder
from documentation.views import home_link
from documentation.views import home_program as views

urlpatterns = [
    path("home/<str:token>/", home_link.home, name="home"),
    path("patients/<int:patient_id>/home-program/", views.home_program, name="home-program"),
    path("patients/<int:patient_id>/home-program/start/", builder.start, name="home-program-start"),
    path("patients/<int:pk>/home-program/panel/", views.panel, name="home-program-panel"),
    path("home-programs/<int:pk>/edit/", builder.edit, name="home-program-edit"),
    path("home-programs/<int:pk>/library/", builder.shelf, name="home-program-library"),
    path("home-programs/<int:pk>/add/", builder.add, name="home-program-add"),
    path("home-programs/<int:pk>/words/", builder.say, name="home-program-words"),
    path("home-programs/<int:pk>/order/", builder.put_in_order, name="home-program-order"),
    path("home-programs/<int:pk>/template/", builder.keep, name="home-program-keep"),
    path(
        "home-programs/<int:pk>/add-template/",
        builder.add_template,
        name="home-program-add-template",
    ),
    path("home-programs/<int:pk>/discard/", builder.discard, name="home-program-discard"),
    path("home-programs/<int:pk>/give/", builder.give, name="home-program-give"),
    path("home-programs/<int:pk>/turn/", views.turn, name="home-program-turn"),
    path("home-programs/<int:pk>/send/", views.send_link, name="home-program-send"),
    path("home-programs/<int:pk>/new-link/", views.renew_link, name="home-program-new-link"),
    path("home-programs/<int:pk>/pdf/", views.pdf, name="home-program-pdf"),
    path("home-programs/<int:pk>/pdf/state/", views.pdf_state, name="home-program-pdf-state"),
    path("home-programs/<int:pk>/pdf/again/", views.pdf_again, name="home-program-pdf-again"),
    path("home-program-items/<int:pk>/", builder.save_item, name="home-item"),
    path("home-program-items/<int:pk>/move/", builder.move_item, name="home-item-move"),
    path("home-program-items/<int:pk>/remove/", builder.remove_item, name="home-item-remove"),
    path("home-program-items/<int:pk>/step/", builder.step_item, name="home-item-step"),
    path("home-answers/<int:pk>/seen/", views.seen, name="home-answer-seen"),
]
